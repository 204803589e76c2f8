"""Every export target that runs here keeps the contract, and planted broken ones do not."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from hrgeom.export import Units, export_targets
from hrgeom.io import Vectors
from hrgeom.testing import check_target

# Those with a server or a large library are held to the same by tests/export.
QUICK = [entry for entry in export_targets() if entry.name not in ("pgvector", "lancedb")]
TARGETS = {entry.name: entry for entry in export_targets()}
CSV = TARGETS["csv"]


@pytest.mark.parametrize("entry", QUICK, ids=lambda entry: entry.name)
def test_every_target_keeps_the_contract(entry):
    if entry.missing:
        pytest.skip(f"needs {', '.join(entry.missing)}")
    if entry.name in ("trec", "beir"):
        pytest.skip("labels with blanks, which TREC refuses; no vectors")
    check_target(entry)


def changing(engine, **changed):
    """An engine that differs from another in some answers."""

    class Changed:
        retrieve = staticmethod(changed.get("retrieve", engine.retrieve))
        stored = staticmethod(changed.get("stored", engine.stored))

    return Changed()


def opened(**changes):
    @contextmanager
    def open_(folder):
        with CSV.open(folder) as engine:
            made = {name: make(engine) for name, make in changes.items()}
            yield changing(engine, **made)

    return replace(CSV, open=open_)


def nothing(engine):
    return lambda label: {}


def halved(engine):
    def stored():
        v = engine.stored()
        return Vectors(v.queries / 2, v.documents, v.query_labels, v.document_labels)

    return stored


@contextmanager
def without_text(folder):
    """An engine that never reads `query.py`."""
    path = folder / "query.py"
    text, own = path.read_text(), "DOCUMENTS, X = rows_of"
    if own not in text:
        path.write_text(KEPT[0])
    else:
        KEPT[:] = [text]
    with CSV.open(folder) as engine:
        yield engine


KEPT = []


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (replace(CSV, name="my CSV"), "name must be lower case"),
        (replace(CSV, summary="CSV."), "no full stop"),
        (replace(CSV, modules=("numpy",)), "modules must come with extra"),
        (replace(CSV, modules=("no_such",), extra="x"), "packages must be installed: no_such"),
        (replace(CSV, query=None), "what is opened must have a query"),
        (opened(retrieve=nothing), "nothing was written: FAILS"),
        (opened(stored=halved), "rows were changed|nothing was written"),
        (replace(CSV, units=Units("-s", lambda s: -s)), "what is returned is not -s"),
        (replace(CSV, open=without_text), "a broken one gave answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_target_is_found(entry, message):
    with pytest.raises(AssertionError, match=message):
        check_target(entry)
