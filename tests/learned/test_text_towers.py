"""Text towers: what they learn, what they hold fixed, and what they need torch for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

import hrgeom
from hrgeom.core import Relevance
from hrgeom.datasets import perfect_tree
from hrgeom.errors import ShapeError
from hrgeom.learned import masked, pretrain_finetune, sigmoid_exact, standard

torch = pytest.importorskip("torch")

from hrgeom.learned import TextTower, text_config, train_text  # noqa: E402

TREE = perfect_tree(3, 4)
N = TREE.n_nodes


def rows_of_texts(noise: float = 0.05) -> np.ndarray:
    """Rows in which a text has something of all its ancestors, as names often do."""
    rng = np.random.default_rng(0)
    marks = rng.normal(size=(N, 24)) / 24**0.5
    closure = np.zeros((N, N))
    for q in range(N):
        closure[q, TREE.relevance.matches(q)] = 1.0
    return (closure @ marks + noise * rng.normal(size=(N, 24))).astype(np.float32)


def strict(queries: list[int]) -> Relevance:
    return Relevance.from_sets([set(TREE.relevance.matches(q)) - {q} for q in queries], N)


QUERIES = [*range(N - 20, N)]
ROWS = rows_of_texts()
HELD = ROWS[QUERIES], strict(QUERIES)


def trained(config: hrgeom.learned.Config, **options: object) -> TextTower:
    return train_text(TREE, ROWS, text_config(config), validation=HELD, **options)  # type: ignore[arg-type]


def recall(tower: TextTower) -> float:
    scores = tower.queries(HELD[0]) @ tower.documents.T
    found = []
    for i, own in enumerate(scores):
        matches = HELD[1].matches(i)
        found.append((own[matches] >= np.sort(own)[-len(matches)]).mean())
    return float(np.mean(found))


def test_masked_learns_and_logs_the_recall_of_what_it_returns() -> None:
    tower = trained(masked(8, steps=400))
    assert recall(tower) > 0.9
    best = max(entry["recall"] for entry in tower.log)
    assert recall(tower) == pytest.approx(best, abs=1e-9)
    assert [e["recall"] for e in tower.log if e["best"]][-1] == best


def test_numpy_queries_are_those_of_torch() -> None:
    tower = trained(masked(8, steps=20))
    w = {name: torch.from_numpy(value) for name, value in tower.weights.items()}
    rows = torch.from_numpy(ROWS)
    hidden = torch.nn.functional.gelu(rows @ w["hidden"].T + w["hidden_bias"], approximate="tanh")
    expected = hidden @ w["out"].T + w["out_bias"] + rows @ w["direct"].T
    assert np.abs(tower.queries(ROWS) - expected.numpy()).max() < 1e-5


def test_documents_that_are_given_keep_their_directions() -> None:
    given = hrgeom.construct(TREE, method="descent", dim=8, effort=0.3).embedding.documents
    tower = trained(masked(8, steps=300), documents=given)
    lengths = np.linalg.norm(tower.documents, axis=1, keepdims=True)
    unit = given / np.linalg.norm(given, axis=1, keepdims=True)
    assert np.abs(tower.documents / lengths - unit).max() < 1e-6
    assert recall(tower) > 0.6  # the tower still learns


@pytest.mark.parametrize(
    "config",
    [
        standard(8, steps=30),
        sigmoid_exact(8, steps=30),
        pretrain_finetune(8, steps=30, finetune_steps=10, cut=2),
    ],
    ids=lambda config: config.recipe,
)
def test_every_kind_of_recipe_runs_and_changes_documents(config: hrgeom.learned.Config) -> None:
    tower = trained(config)
    start = np.random.default_rng(config.seed).normal(size=(N, 8)) / 8**0.5
    assert np.abs(tower.documents - start).max() > 0.01
    assert {entry["stage"] for entry in tower.log} == set(range(len(config.stages)))
    assert tower.config == text_config(config)


def test_a_seed_gives_the_same_tower_and_leaves_torch_as_it_was() -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    first, second = (trained(standard(8, steps=10, seed=3)) for _ in range(2))
    assert torch.rand(1) == expected
    assert all(np.array_equal(first.weights[n], second.weights[n]) for n in first.weights)
    assert not np.array_equal(first.documents, trained(standard(8, steps=10, seed=4)).documents)


def test_time_ends_a_stage() -> None:
    assert len(trained(standard(8, steps=100_000), minutes=1e-9).log) == 1


def test_patience_ends_a_stage() -> None:
    config = text_config(standard(8, steps=500))
    hopeless = replace(config.stages[0], lr=1e-9, evaluate_every=1, patience=2)
    noise = np.random.default_rng(1).normal(size=HELD[0].shape).astype(np.float32)
    tower = train_text(TREE, ROWS, replace(config, stages=(hopeless,)), validation=(noise, HELD[1]))
    last_best = max(e["step"] for e in tower.log if e["best"])
    assert tower.log[-1]["step"] == last_best + 2 or tower.log[-1]["step"] == 500


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": ROWS[:-1]}, "rows must have one row per node"),
        ({"validation": (HELD[0][:, :3], HELD[1])}, "validation must be rows of 24"),
        ({"documents": np.zeros((N, 5))}, "documents must have shape"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(options: dict, message: str) -> None:
    arguments = {"rows": ROWS, "validation": HELD} | options
    with pytest.raises(ShapeError, match=message):
        train_text(TREE, config=text_config(standard(8, steps=1)), **arguments)


def pieces_of_texts() -> tuple[object, np.ndarray]:
    """A piece for every node, of which a text has those of its ancestors, and rows of noise."""
    columns = [TREE.relevance.matches(q) for q in range(N)]
    indptr = np.cumsum([0, *map(len, columns)])
    weights = csr_matrix((np.ones(indptr[-1]), np.concatenate(columns), indptr), shape=(N, N + 3))
    return weights, np.random.default_rng(0).normal(size=(N + 3, 12)).astype(np.float32)


def test_pieces_are_trained_and_those_of_no_text_stay() -> None:
    weights, table = pieces_of_texts()
    held = weights[QUERIES], strict(QUERIES)  # type: ignore[index]
    config = text_config(masked(8, steps=300))
    tower = train_text(TREE, weights, config, validation=held, pieces=table)
    moved = np.abs(tower.weights["pieces"] - table).max(axis=1)
    assert (moved[:N] > 1e-3).mean() > 0.9
    assert (moved[N:] == 0).all()
    scores = tower.queries(held[0]) @ tower.documents.T
    found = [
        (own[right] >= np.sort(own)[-len(right)]).mean()
        for own, right in ((own, held[1].matches(i)) for i, own in enumerate(scores))
    ]
    assert np.mean(found) == pytest.approx(max(entry["recall"] for entry in tower.log), abs=1e-6)
    columns = weights.tocsc()  # type: ignore[attr-defined]
    again = train_text(TREE, columns, config, validation=held, pieces=table)
    np.testing.assert_array_equal(again.weights["pieces"], tower.weights["pieces"])


def test_queries_of_pieces_are_those_of_their_rows() -> None:
    weights, table = pieces_of_texts()
    held = weights[QUERIES], strict(QUERIES)  # type: ignore[index]
    config = text_config(masked(8, steps=5))
    tower = train_text(TREE, weights, config, validation=held, pieces=table)
    rows = weights @ tower.weights["pieces"]  # type: ignore[operator]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    frozen = replace(tower, weights={k: v for k, v in tower.weights.items() if k != "pieces"})
    np.testing.assert_allclose(tower.queries(weights), frozen.queries(rows), atol=1e-5)


@pytest.mark.parametrize(
    ("rows", "table", "message"),
    [
        ("weights", None, "with pieces rows and validation must be weights as sparse matrices"),
        ("rows", "table", "with pieces rows and validation must be weights as sparse matrices"),
        ("weights", "short", r"pieces must have a row for each of the 43 columns of rows: got"),
    ],
)
def test_pieces_must_fit(rows: str, table: str | None, message: str) -> None:
    weights, whole = pieces_of_texts()
    given = {"weights": weights, "rows": ROWS}[rows]
    tables = {None: None, "table": whole, "short": whole[:-1]}
    held = given[QUERIES], strict(QUERIES)  # type: ignore[index]
    with pytest.raises(ShapeError, match=message):
        train_text(TREE, given, text_config(masked(8)), validation=held, pieces=tables[table])
