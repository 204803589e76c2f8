"""Every kernel of the registry keeps the contract, and planted broken ones do not."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, certify
from hrgeom.checker.kernels import (
    KERNELS,
    KernelEntry,
    _registry,
    available_kernels,
    get_kernel,
    kernel_info,
    select_kernel,
)
from hrgeom.cli import _options, main
from hrgeom.core import Relevance
from hrgeom.errors import KernelError
from hrgeom.testing import check_kernel

ENTRIES = [
    pytest.param(
        entry,
        id=entry.name,
        marks=pytest.mark.skipif(not entry.is_available(), reason="not on this machine"),
    )
    for entry in KERNELS
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_kernel_keeps_the_contract(entry):
    check_kernel(entry)


def test_names_and_ranks_are_distinct():
    assert len({entry.name for entry in KERNELS}) == len({e.rank for e in KERNELS}) == len(KERNELS)
    assert set(available_kernels()) <= {entry.name for entry in KERNELS}


def test_one_line_of_the_registry_is_all_a_kernel_needs(monkeypatch, capsys):
    """Option, default, choice by name and by environment, and errors follow from the entry."""
    third = KernelEntry("third", "planted", 99, lambda: True, lambda: Broken("third"))
    for module in (_registry, _options):
        monkeypatch.setattr(module, "KERNELS", (*KERNELS, third))
    monkeypatch.delenv("HRGEOM_KERNEL", raising=False)
    assert available_kernels()[-1] == get_kernel().name == kernel_info().name == "third"
    relevance = Relevance.from_sets([{0}], 2)
    embedding = DualEmbedding([[1.0]], [[1.0], [-1.0]], threshold=0.0)
    monkeypatch.setattr(Broken, "true", get_kernel("numpy"))
    assert certify(embedding, relevance).kernel == "third"
    monkeypatch.setenv("HRGEOM_KERNEL", "neon")
    with pytest.raises(KernelError, match=r"must be one of .*, third: got 'neon'"):
        get_kernel()
    with pytest.raises(SystemExit):
        main(["certify", "--help"])
    assert ",third}" in capsys.readouterr().out.replace(" ", "").replace("\n", "")


@dataclass(frozen=True)
class Broken:
    """The fastest kernel here, to be spoilt by subclasses."""

    name: str = "broken"

    @property
    def true(self):
        return get_kernel(available_kernels()[-1])

    def pack(self, documents, work):
        return self.true.pack(documents, work)

    def block_rows(self, n_documents, dim, memory):
        return self.true.block_rows(n_documents, dim, memory)

    def matches(self, packed, n_documents, rows, level, bounds):
        return self.true.matches(packed, n_documents, rows, level, bounds)

    def sweep(self, packed, n_documents, rows, level, bounds):
        return self.true.sweep(packed, n_documents, rows, level, bounds)


class DropsATie(Broken):
    """A non-match at the very level does not count."""

    def sweep(self, packed, n_documents, rows, level, bounds):
        higher = replace(level, value=np.nextafter(level.value, np.inf))
        return self.true.sweep(packed, n_documents, rows, higher, bounds)


class IgnoresTheLastDocument(Broken):
    def sweep(self, packed, n_documents, rows, level, bounds):
        n = len(rows.queries)
        sets = [rows.indices[rows.indptr[q] : rows.indptr[q + 1]].tolist() for q in range(n)]
        all_but_last = Relevance.from_sets([{*own, n_documents - 1} for own in sets], n_documents)
        fewer = replace(rows, indptr=all_but_last.indptr, indices=all_but_last.indices)
        return self.true.sweep(packed, n_documents, fewer, level, bounds)


class TrustsFloats(Broken):
    """Whatever the bounds say, a float64 score decides."""

    def sweep(self, packed, n_documents, rows, level, bounds):
        none = np.zeros_like(bounds.score)
        return self.true.sweep(packed, n_documents, rows, level, replace(bounds, score=none))


class NamesAnotherDocument(Broken):
    def matches(self, packed, n_documents, rows, level, bounds):
        tally = super().matches(packed, n_documents, rows, level, bounds)
        tally.extreme_document[tally.extreme_document > 0] -= 1
        return tally


class CountsTwice(Broken):
    def matches(self, packed, n_documents, rows, level, bounds):
        tally = super().matches(packed, n_documents, rows, level, bounds)
        tally.n_violations[:] *= 2
        return tally


class NeverUndecided(Broken):
    def sweep(self, packed, n_documents, rows, level, bounds):
        tally = super().sweep(packed, n_documents, rows, level, bounds)
        tally.n_undecided[:] = 0
        return tally


class WritesItsInput(Broken):
    def sweep(self, packed, n_documents, rows, level, bounds):
        rows.queries *= 1
        return super().sweep(packed, n_documents, rows, level, bounds)


class ReadsAnything(Broken):
    def matches(self, packed, n_documents, rows, level, bounds):
        return super().matches(
            packed, n_documents, replace(rows, indices=rows.indices % n_documents), level, bounds
        )


class WantsNoRows(Broken):
    def block_rows(self, n_documents, dim, memory):
        return 0


BROKEN = [
    (DropsATie, "n_violations"),
    (IgnoresTheLastDocument, "sweep must give"),
    (TrustsFloats, "n_violations"),
    (NamesAnotherDocument, "matches must give"),
    (CountsTwice, "n_violations"),
    (NeverUndecided, "bounds on"),
    (ReadsAnything, "matches must refuse document"),
    (WantsNoRows, "block_rows must be at least 1"),
]


def test_the_unspoilt_kernel_passes():
    check_kernel(Broken())


@pytest.mark.parametrize(("kernel", "message"), BROKEN, ids=[k.__name__ for k, _ in BROKEN])
def test_broken_kernels_are_found_out(kernel, message):
    with pytest.raises(AssertionError, match=message):
        check_kernel(kernel())


def test_a_kernel_must_not_write_its_input():
    with pytest.raises(ValueError, match="read-only"):
        check_kernel(WritesItsInput())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "not a name"}, "must be an identifier"),
        ({"name": "other"}, "must have this name"),
        ({"summary": ""}, "summary must be one line"),
        ({"is_available": lambda: False}, "must be available on this machine"),
    ],
)
def test_broken_entries_are_found_out(changes, message):
    with pytest.raises(AssertionError, match=message):
        check_kernel(replace(select_kernel("numpy"), **changes))
