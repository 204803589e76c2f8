"""What the contracts of the three kinds of formats have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hrgeom.errors import FormatError
from hrgeom.io import Format, most_certain

__all__ = [
    "GARBAGE",
    "awkward_labels",
    "broken_texts",
    "certainty_of",
    "check_atomic",
    "check_names",
    "check_sniffed",
    "content_of",
    "cut",
    "fail",
    "only",
    "with_entry",
]

# Labels that a format confuses with its own signs, or loses: it keeps them or refuses them.
_NASTY = (
    *("", " ", "a b", " a", "a ", '"', "'", 'say "hi"', "a,b", "a\tb", "a\nb", "a\r\nb", "a\rb"),
    *("#a", "-", "<", ">", "child", "parent", "nodes", "[", "{", "}", "\\", "\\n", "(a)", "a;b"),
    *(
        "\ufeffx",
        "\0",
        "a\0",
        "é",
        "e\u0301",
        "日本",
        "\u2028",
        "\x85",
        "\ud800",
        "null",
        "a:b",
        "1",
    ),
)
GARBAGE = (
    *(b"", b" \n", b"\0", b"\xff\xfe\0\0", bytes(range(256)), b"\x1f\x8bnonsense", b"PK\x03\x04"),
    *(b"{", b"[]", b"{}", b"null", b'{"a": 1}', b"[[[[", b"<a><b>", b"((", b",,,\n,\n", b"\t\t\n"),
    *(b"a\n" * 50, b"[" * 100_000, b'{"a":' * 50_000, b"(" * 100_000, b"1 1\n", b"9 9\na"),
)
_CUTS = 24


def fail(entry: Format, text: str) -> NoReturn:
    raise AssertionError(f"format {entry.name!r}: {text}")


@contextmanager
def only(entry: Format, what: str, *allowed: type[Exception]) -> Iterator[None]:
    """Let through errors of some classes, and fail by any other."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (AssertionError, *allowed)):
            raise
        names = " or ".join(each.__name__ for each in allowed)
        rule = f"must raise {names} if anything" if names else "must not fail"
        raise AssertionError(f"format {entry.name!r}: {what} {rule}: got {error!r}") from error


def check_names(entry: Format, formats: tuple[Format, ...]) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", entry.name):
        fail(entry, "the name must be lower case, without spaces")
    if not entry.description.strip() or "\n" in entry.description or entry.description[-1] == ".":
        fail(entry, f"the description must be one line without a stop: {entry.description!r}")
    wrong = [suffix for suffix in entry.suffixes if not re.fullmatch(r"(\.[a-z0-9_-]+)+", suffix)]
    if wrong or not entry.suffixes:
        fail(entry, f"suffixes must be lower case and begin with a dot: {entry.suffixes}")
    for other in formats:
        if other is not entry and other.name == entry.name:
            fail(entry, "another registered format has this name")
        common = set(other.suffixes) & set(entry.suffixes)
        if other is not entry and common:
            fail(entry, f"suffix {min(common)!r} belongs to {other.name!r} already")


def with_entry(entry: Any, formats: tuple[Any, ...]) -> tuple[Any, ...]:
    return formats if entry in formats else (*formats, entry)


def check_sniffed(entry: Format, certainties: list[tuple[float, Any]], shown: object) -> None:
    """Fail unless the entry is the most certain of what it wrote."""
    found = most_certain(certainties)
    if found is not entry:
        name = "no format" if found is None else repr(found.name)
        fail(entry, f"sniffing must recognize what it writes: {name} claims {shown!r}")


def certainty_of(entry: Any, *what: Any) -> float:
    with only(entry, "sniff"):
        certainty = float(entry.sniff(*what))
    if not 0 <= certainty <= 1:
        fail(entry, f"sniff must return a number from 0 to 1: got {certainty}")
    return certainty


def awkward_labels(n: int) -> SearchStrategy[list[str]]:
    one = st.one_of(st.sampled_from(_NASTY), st.text(max_size=6))
    return st.lists(one, min_size=n, max_size=n, unique=True)


def broken_texts() -> SearchStrategy[bytes]:
    """Texts of signs that formats are made of."""
    signs = st.text(alphabet='{}[]()<>",:;=-#/\\ \t\nab01', max_size=40)
    return st.one_of(signs, st.text(max_size=20)).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )


def cut(data: bytes) -> Iterator[bytes]:
    step = max(1, len(data) // _CUTS)
    yield from (data[:end] for end in range(0, len(data), step))


def check_atomic(
    entry: Format, write: Callable[[Path], object], write_and_fail: Callable[[Path], object]
) -> None:
    """Check that a write that fails leaves what a write before it put there, and nothing else."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{entry.suffixes[0]}")
        write(path)
        before = content_of(Path(folder))
        try:
            write_and_fail(path)
        except (FormatError, OSError):
            pass
        else:
            fail(entry, "an error while writing must be reported")
        if content_of(Path(folder)) != before:
            fail(entry, "an error while writing must leave what was there, and nothing else")


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
