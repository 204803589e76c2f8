"""Text towers: what they learn, what they hold fixed, and what they need torch for."""

from dataclasses import replace

import numpy as np
import pytest

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
