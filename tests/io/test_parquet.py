"""Parquet tables through pyarrow."""

import io

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes


def test_what_only_looks_like_parquet_is_refused(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + b" " * 100 + b"PAR1")
    with pytest.raises(FormatError, match=r"data must be Parquet|requires the package pyarrow"):
        read_hierarchy(tmp_path / "x.parquet")


def parquet(columns):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    data = io.BytesIO()
    parquet.write_table(arrow.table(columns), data)
    return data.getvalue()


@pytest.mark.parametrize(
    "columns",
    [
        {"id": [1, 2, 3], "name": ["Pets", "Dog", "Beds"], "parent_id": [None, 1.0, 2.0]},
        {"Parents": [[], ["1"], ["2"]], "Label": ["Pets", "Dog", "Beds"], "ID": ["1", "2", "3"]},
    ],
)
@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.txt"])
def test_tables_of_nodes(tmp_path, columns, name):
    (tmp_path / name).write_bytes(parquet(columns))
    h = read_hierarchy(tmp_path / name)
    assert_same(h, {"1": "Pets", "2": "Dog", "3": "Beds"}, {"2": ["1"], "3": ["2"]})


def test_tables_of_edges():
    data = parquet({"child": ["dog", "cat"], "parent": ["animal", "animal"], "w": [0.5, 1.0]})
    h = hierarchy_from_bytes(data, name="t")
    assert_same(h, {n: n for n in h.labels}, {"dog": ["animal"], "cat": ["animal"]})
    assert codes(h) == {"ignored-columns": 1}


def test_unknown_columns_are_refused():
    with pytest.raises(FormatError, match="under usual names: got 'a', 'b'"):
        hierarchy_from_bytes(parquet({"a": ["x"], "b": ["y"]}), name="t")
