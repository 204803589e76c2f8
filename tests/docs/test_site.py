"""The site as a whole: what README links to, what the pages offer, and how it is put together."""

import csv
import doctest
import importlib
import json
import re
import sys
import tomllib

import numpy as np
import pytest
import site_links
from places import DOCS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SITE = PROJECT["urls"]["Documentation"]
CELLS = ("{code-cell}", "{run}", "{eval-rst}", "{sphinx_argparse_cli}")
"""What a forge shows as it is written, and only the site as it is meant."""


def text_of(page):
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def linked(text):
    return re.findall(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)", text)


def raw_cells(text):
    """The pages of the repository that a text links to and that have cells."""
    local = [ROOT / target for target in linked(text) if not re.match(r"\w+:", target)]
    pages = [path for path in local if path.suffix == ".md" and path.is_file()]
    return [p.name for p in pages if any(c in p.read_text(encoding="utf-8") for c in CELLS)]


def test_no_link_of_the_readme_leads_to_raw_cells():
    assert raw_cells(README) == []
    assert raw_cells("[a](docs/guide/training.md#x) [b](docs/notation.md)") == ["training.md"]


def test_links_of_the_readme_lead_somewhere():
    assert f"]({SITE})" in README
    for target in linked(README):
        if target.startswith(SITE):
            page = target.removeprefix(SITE).removesuffix(".html") or "index"
            assert (DOCS / f"{page}.md").is_file(), target
        elif not re.match(r"\w+:", target):
            assert (ROOT / target).exists(), target


def packages_of(extra):
    """The packages of an extra of pyproject, without those of hrgeom's other extras."""
    wanted = PROJECT["optional-dependencies"][extra]
    names = [re.match(r"[\w.-]+", line)[0] for line in wanted]
    return [name for name in names if name != "hrgeom"]


def test_the_table_of_extras_is_that_of_the_project():
    rows = re.findall(r"^\| `([\w-]+)` \| (.+?) \| .+ \|$", text_of("install"), re.M)
    assert [name for name, _ in rows] == sorted(PROJECT["optional-dependencies"])
    for name, brings in rows:
        for package in packages_of(name):
            assert package in brings, f"{name} brings {package}"


def test_versions_and_address_of_the_page_of_installation():
    text = text_of("install")
    versions = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    assert f"Python {versions[0]} to {versions[-1]}" in text
    assert f"git+{PROJECT['urls']['Source']}" in text


def listed_pages():
    """All pages that the tables of contents list, from the first page on."""
    found, waiting = set(), ["index"]
    while waiting:
        page = waiting.pop()
        if page in found or not (DOCS / f"{page}.md").is_file():
            continue
        found.add(page)
        folder = page.rpartition("/")[0]
        for block in re.findall(r"```\{toctree\}\n(.*?)```", text_of(page), re.S):
            for line in block.splitlines():
                if line and not line.startswith(":"):
                    target = re.sub(r"^.*<(.+)>$", r"\1", line.strip())
                    waiting.append(f"{folder}/{target}" if folder else target)
    return found


def test_every_page_is_in_a_table_of_contents():
    there = [p.relative_to(DOCS).with_suffix("").as_posix() for p in DOCS.rglob("*.md")]
    written = {page for page in there if not page.startswith(("_build", "api/"))}
    assert written - listed_pages() == set()


@pytest.mark.parametrize("who", ["taxonomy", "model", "theorem", "database", "large"])
def test_everybody_is_sent_on(who):
    text = text_of(f"guide/for-{who}")
    assert f"guide/for-{who}.md" in text_of("index")
    assert f"guide/for-{who}.md" in text_of("tour")
    assert len(re.findall(r"^\d\. ", text, re.M)) >= 5
    for target in linked(text):
        assert (DOCS / "guide" / target).is_file(), target


def test_recipes_do_what_they_say():
    failed, tried = doctest.testfile(
        str(DOCS / "cookbook.md"), module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
    )  # fmt: skip
    assert (failed, tried > 15) == (0, True)


def own_recall(name):
    """Mean recall at distance 8 over the seeds of a row of the benchmark."""
    results = ROOT / "benchmarks/results/learned_wordnet.json"
    rows = json.loads(results.read_text(encoding="utf-8"))["rows"]
    seeds = [row for label, row in rows.items() if label.startswith(f"{name},")]
    return np.mean([row["test"]["by_distance"][8] for row in seeds])


def quoted_recall(training):
    """Recall at distance 8 in 64 dimensions, as published."""
    table = (ROOT / "hrgeom/_data/you-recall.csv").read_text(encoding="utf-8").splitlines()[1:]
    (row,) = (r for r in csv.DictReader(table) if (r["d"], r["training"]) == ("64", training))
    return float(row["r8"])


def test_the_headline_picture_says_what_its_data_say():
    ours = [own_recall("standard-64"), own_recall("recipe-64-cut3")]
    theirs = [quoted_recall("standard"), quoted_recall("finetuned")]
    trained, quoted = (" % and ".join(f"{value:.0f}" for value in pair) for pair in (ours, theirs))
    words = f"fall to {trained} % at distance 8, dashed the {quoted} % quoted from You et al. 2025"
    for text in (README, text_of("index"), text_of("gallery")):
        assert words in " ".join(text.split())
    assert "--rows standard-64 recipe-64-cut3" in " ".join(text_of("gallery").split())


@pytest.fixture
def extension(monkeypatch):
    """A function that imports an extension of the pages."""
    pytest.importorskip("sphinx", reason="needs the extra `docs`")
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    for name in ("repository", "transcripts"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module


def test_pages_that_stand_for_a_file_have_its_links(extension):
    repository = extension("repository")
    for page, name in repository.PAGES.items():
        assert f"(../{name})" in text_of(page), "on a forge the page leads to the file"
        for target in linked(repository.turned((ROOT / name).read_text(encoding="utf-8"), name)):
            if target.startswith("source:"):
                assert (ROOT / target.removeprefix("source:")).exists(), target
            elif not re.match(r"\w+:", target):
                assert (DOCS / target).is_file(), target
    turned = repository.turned(
        "[a](arc.py) [b](../docs/x.md#y) [c](https://d.e)", "proofs/README.md"
    )
    assert turned == "[a](source:proofs/arc.py) [b](x.md#y) [c](https://d.e)"


def test_transcripts_show_what_is_printed_and_refuse_another_status(extension, tmp_path):
    transcripts = extension("transcripts")
    (tmp_path / "end.py").write_text("print('here')\nraise SystemExit(1)\n", encoding="utf-8")
    assert transcripts.run("python end.py    # status 1", tmp_path) == "here\n"
    with pytest.raises(Exception, match="must end with 0: got 1"):
        transcripts.run("python end.py", tmp_path)


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<p id="x"><a href="b.html#y">b</a><a href="#x">x</a></p>')
    (tmp_path / "b.html").write_text('<p id="y"><img src="c.png"><a href="https://d.e">d</a></p>')
    assert site_links.broken(tmp_path) == ["b.html: c.png"]
    assert site_links.outside(tmp_path) == ["https://d.e"]
    (tmp_path / "b.html").write_text('<a href="a.html#z">z</a><a href=".">here</a>')
    assert site_links.broken(tmp_path) == ["a.html: b.html#y", "b.html: .", "b.html: a.html#z"]


def test_code_takes_the_focus_and_captions_have_a_level(monkeypatch):
    monkeypatch.syspath_prepend(DOCS / "_ext")
    context = {
        "body": '<pre>x</pre><div role="list" class="citation-list"></div>',
        "furo_navigation_tree": '<p class="caption" role="heading">Begin</p>',
    }
    importlib.import_module("reachable").mend(None, "page", "page.html", context, None)
    assert context == {
        "body": '<pre tabindex="0">x</pre><div></div>',
        "furo_navigation_tree": '<p class="caption" role="heading" aria-level="2">Begin</p>',
    }
