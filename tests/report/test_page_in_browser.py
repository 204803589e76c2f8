"""The page of a report in headless Chromium: clicks, keys, themes, accessibility, hostile labels.

Needs the extra `browser` and a Chromium: that of the system, or of the variable HRGEOM_CHROMIUM.
"""

import base64
import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

import hrgeom
from hrgeom.datasets import load
from hrgeom.report import EmbeddingReport, Report, build_report, explorer, page
from hrgeom.report._copies import copies_of
from hrgeom.report._facts import Facts
from hrgeom.report._measured import Extremes, Measured

HOSTILE = [
    "</script><script>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 1'>",
    "\"quoted\" & 'single' ${x} `tick`",
    "\u202eturned",
    "كلب",
    "🐶👩‍👩‍👧",
    "",
    "two\nlines\ttab",
]
DOGS = ["dog", "puppy", "hound", "dog beds", "cat", "kitten"]
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
SIZES = [(1280, 900), (390, 844)]


def number(text):
    """What a cell says, whose minus is a minus."""
    return float(text.replace("−", "-"))


def hierarchy():
    labels = ["animal", *DOGS, *HOSTILE]
    parent = {"puppy": "dog", "hound": "dog", "dog beds": "dog", "kitten": "cat"}
    edges = [
        (i, labels.index(parent.get(label, "animal")))
        for i, label in enumerate(labels)
        if label != "animal"
    ]
    return hrgeom.Hierarchy(labels, edges, other_labels={"whelp": labels.index("puppy")})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A page on an embedding that holds and one that fails."""
    h = hierarchy()
    made = {
        "good <b>": hrgeom.construct(h).embedding,
        "bad": hrgeom.construct(h, method="gaussian", dim=2).embedding,
    }
    report = build_report(made, h, remarks=["an <odd> remark & more"])
    assert [one.certificate.verdict for one in report.embeddings] == ["holds", "fails"]
    written = tmp_path_factory.mktemp("page") / "report.html"
    written.write_text(page(report), encoding="utf-8")
    return written


class Opened:
    """A tab in which a page was opened, and what its console said."""

    def __init__(self, browser, path, size=SIZES[0], theme="light", hash_=""):
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, offline=True
        )
        self.tab = self.context.new_page()
        self.said, self.asked = [], []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(f"{path.as_uri()}{hash_}")
        self.tab.wait_for_selector("html[data-ready]")

    @property
    def node(self):
        return self.tab.get_attribute("#explorer", "data-node")

    def type(self, text):
        self.tab.fill(".hx-input", "")
        self.tab.type(".hx-input", text)

    def texts(self, selector):
        return self.tab.locator(selector).all_inner_texts()


@pytest.fixture
def open_(chromium, path):
    opened = []

    def open_(**how):
        opened.append(Opened(chromium, path, **how))
        return opened[-1]

    yield open_
    for each in opened:
        assert each.said == []
        assert each.asked[0].startswith("file:")
        assert len(each.asked) == 1  # the page, and nothing else
        assert each.tab.evaluate("typeof window.hurt") == "undefined"
        each.context.close()


def test_the_verdict_is_said_first(open_):
    opened = open_()
    assert opened.texts("h1") == ["Every one of 15 queries retrieves exactly its ancestors."]
    assert "Tightest call: query “" in opened.texts(".hero p")[0]
    assert opened.texts(".use")[0].startswith("score > ")
    assert opened.tab.title().endswith("retrieves exactly its ancestors.")


def test_a_label_is_typed_and_its_path_shown(open_):
    opened = open_()
    opened.type("pup")
    assert opened.texts(".hx-options li") == ["puppy"]
    assert opened.tab.get_attribute(".hx-input", "aria-expanded") == "true"
    opened.tab.keyboard.press("ArrowDown")
    assert opened.tab.get_attribute(".hx-options li", "aria-selected") == "true"
    opened.tab.keyboard.press("Enter")
    assert opened.node == "puppy"
    rows = opened.texts(".hx-table >> nth=0 >> tbody tr")
    assert [row.split("\t")[:2] for row in rows] == [["2", "animal"], ["1", "dog"], ["0", "puppy"]]
    assert opened.texts(".hx-said")[0] == (
        "puppy: of 15 documents exactly its 3 ancestors, itself included, score above the "
        "threshold."
    )
    assert "sibling" in opened.texts(".hx-table >> nth=1")[0]
    assert opened.tab.evaluate("location.hash") == "#q=puppy"


def test_scores_are_those_of_the_embedding(open_):
    opened = open_()
    opened.type("puppy")
    opened.tab.keyboard.press("Enter")
    h = hierarchy()
    found = hrgeom.construct(h).embedding.retrieve("puppy", target=h)
    expected = dict(zip(found.documents, found.scores.tolist(), strict=True))
    rows = [row.split("\t") for row in opened.texts(".hx-table >> nth=0 >> tbody tr")]
    assert {row[1]: number(row[2]) for row in rows} == pytest.approx(expected, rel=1e-3)
    best = opened.texts(".hx-table >> nth=1 >> tbody tr")[0].split("\t")
    assert number(best[1]) == pytest.approx(found.next_document[1], rel=1e-3)


@pytest.mark.parametrize(("bits", "notion"), [(16, "global"), (8, "global"), (8, "row")])
def test_scores_of_copies_are_as_near_as_is_said(chromium, tmp_path, bits, notion):
    h = load("wordnet-mammals")
    e = hrgeom.construct(h, method="interval", dim=17).embedding
    report = build_report({"rounded": e}, h, notion=notion, with_bounds=False)
    copies = copies_of(e, 2 * h.n_nodes * e.dim * bits // 8)
    assert copies.dtype == f"int{bits}"
    one = dataclasses.replace(report.embeddings[0], copies=copies)
    written = tmp_path / "rounded.html"
    text = page(dataclasses.replace(report, embeddings=(one,)))
    written.write_text(text, encoding="utf-8")
    opened = Opened(chromium, written, hash_="#q=dog.n.01")
    assert opened.node == "dog.n.01"
    rows = [row.split("\t") for row in opened.texts(".hx-table >> nth=0 >> tbody tr")]
    found = {row[1]: number(row[2]) for row in rows}
    assert set(found) == {"dog.n.01", *h.ancestors("dog.n.01")}
    scores = e.documents.astype(float) @ e.queries[h.index("dog.n.01")].astype(float)
    off = [abs(score - scores[h.index(label)]) for label, score in found.items()]
    assert max(off) <= copies.error + 1e-3
    assert f"{bits}-bit copies" in opened.texts(".hx-note")[0]
    if notion == "row":
        assert "are on top" in opened.texts(".hx-said")[0]
    assert opened.said == []
    opened.context.close()


def test_near_misses_and_other_labels_are_found(open_):
    opened = open_()
    opened.type("pupyp")
    assert opened.texts(".hx-hint") == ["No label holds “pupyp”. Nearest:"]
    assert opened.texts(".hx-options li") == ["puppy"]
    opened.type("DOG  BEDS")
    opened.tab.keyboard.press("Enter")
    assert opened.node == "dog beds"
    opened.type("whelp")
    opened.tab.keyboard.press("Enter")
    assert opened.node == "puppy"
    opened.type("zzzzzzzzzzzz")
    opened.tab.keyboard.press("Enter")
    assert opened.texts(".hx-hint") == ["No label is like “zzzzzzzzzzzz”."]
    assert opened.node == "puppy"


def test_arrow_keys_walk_the_hierarchy(open_):
    opened = open_(hash_="#q=puppy")
    assert opened.node == "puppy"
    opened.tab.focus(".hx-tree")
    visited = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "ArrowUp"):
        opened.tab.keyboard.press(key)
        visited.append(opened.node)
    assert visited == ["hound", "puppy", "dog", "puppy", "animal", "animal"]
    opened.tab.go_back()
    opened.tab.wait_for_function(
        "() => document.getElementById('explorer').dataset.node === 'puppy'"
    )


def test_links_and_the_canvas_are_clicked(open_):
    opened = open_(hash_="#q=puppy")
    opened.tab.click(".hx-table >> nth=0 >> text=dog")
    assert opened.node == "dog"
    box = opened.tab.locator(".hx-tree canvas").bounding_box()
    assert opened.tab.evaluate("document.querySelector('.hx-tree canvas').width > 0")
    # The root is the topmost pill, in the middle.
    for y in range(0, int(box["height"]), 8):
        opened.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + y)
        if opened.tab.evaluate("document.querySelector('.hx-tree canvas').title") == "animal":
            opened.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + y)
            break
    assert opened.node == "animal"


def test_an_embedding_that_fails_says_what_it_misses(open_):
    opened = open_()
    opened.tab.select_option(".hx-choice", "1")
    said = []
    for label in DOGS:
        opened.type(label)
        opened.tab.keyboard.press("Enter")
        said += opened.texts(".hx-said")
        said += opened.texts(".hx-wrong")
    assert any(re.search(r"[1-9]\d* other documents? of 15 retrieved", text) for text in said)
    signs = "".join(opened.texts(".hx-table .hx-number"))
    assert "+" in signs
    assert {"missed", "retrieved"} & set(said)


def test_hostile_labels_are_text(open_):
    opened = open_()
    shown = {
        "\u202eturned": "\\u202eturned",
        "": "(empty label)",
        "two\nlines\ttab": "two\\u000alines\\u0009tab",
    }
    for label in HOSTILE:
        opened.tab.evaluate("label => { location.hash = new URLSearchParams({ q: label }) }", label)
        opened.tab.wait_for_function(
            "label => document.getElementById('explorer').dataset.node === label", arg=label
        )
        first = opened.texts(".hx-said strong")[0]
        assert first == shown.get(label, label)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_switch_turns_the_theme(open_, theme):
    opened = open_(theme=theme)

    def paper():
        return opened.tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    before = paper()
    assert opened.tab.get_attribute("#theme", "aria-pressed") == str(theme == "dark").lower()
    opened.tab.click("#theme")
    assert paper() != before
    opened.tab.click("#theme")
    assert paper() == before
    opened.tab.emulate_media(media="print")
    assert paper() == "rgb(255, 255, 255)"


@pytest.mark.parametrize("size", SIZES)
def test_nothing_scrolls_sideways(open_, size):
    opened = open_(size=size)
    opened.tab.evaluate(
        "document.querySelectorAll('details').forEach((one) => { one.open = true })"
    )
    wide = opened.tab.evaluate("document.documentElement.scrollWidth")
    assert wide == size[0]
    for label in DOGS:
        opened.type(label)
        opened.tab.keyboard.press("Enter")
        tree = "document.querySelector('.hx-tree')"
        assert opened.tab.evaluate(f"{tree}.scrollWidth <= {tree}.clientWidth")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault(chromium, path, size, theme):
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    opened = Opened(chromium, path, size=size, theme=theme)
    opened.tab.evaluate(
        "document.querySelectorAll('details').forEach((one) => { one.open = true })"
    )
    opened.type("dog")  # with the list of labels open
    opened.tab.evaluate(script)
    found = opened.tab.evaluate("async () => (await axe.run()).violations")
    told = [(one["impact"], one["id"], one["nodes"][0]["html"][:200]) for one in found]
    assert told == []
    opened.context.close()


def test_axe_finds_a_planted_fault(chromium, path):
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    opened = Opened(chromium, path)
    opened.tab.evaluate("document.querySelector('.hx-input').removeAttribute('aria-label')")
    opened.tab.evaluate("document.querySelector('.hx-input').removeAttribute('placeholder')")
    opened.tab.evaluate(script)
    found = opened.tab.evaluate("async () => (await axe.run()).violations.map((one) => one.id)")
    assert found
    opened.context.close()


def test_the_policy_stops_a_script_that_is_not_ours(chromium, path, tmp_path):
    planted = tmp_path / "planted.html"
    text = path.read_text(encoding="utf-8")
    planted.write_text(
        text.replace("<main>", "<main><script>window.hurt = 1</script>", 1), encoding="utf-8"
    )
    opened = Opened(chromium, planted)
    assert opened.tab.evaluate("typeof window.hurt") == "undefined"
    assert any("Content Security Policy" in line for line in opened.said)
    opened.context.close()


def test_the_widget_is_the_same_explorer(chromium):
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    h = hierarchy()
    widget = explorer(hrgeom.construct(h).embedding, h)
    tab = chromium.new_page()
    module = base64.b64encode(widget._esm.encode("utf-8")).decode("ascii")
    tab.set_content("<main></main>")
    tab.evaluate(
        """async ([module, data]) => {
          const values = { data: JSON.parse(data), label: "" };
          window.heard = {};
          const model = {
            get: (name) => values[name], set: (name, value) => { values[name] = value; },
            save_changes: () => { window.label = values.label; },
            on: (name, heard) => { window.heard[name] = heard; },
          };
          window.put = (label) => { values.label = label; window.heard["change:label"](); };
          const widget = (await import(`data:text/javascript;base64,${module}`)).default;
          await widget.render({ model, el: document.querySelector("main") });
        }""",
        [module, json.dumps(widget.data)],
    )
    tab.fill(".hx-input", "puppy")
    tab.keyboard.press("Enter")
    assert tab.evaluate("window.label") == "puppy"
    tab.evaluate("window.put('cat')")
    assert tab.input_value(".hx-input") == "cat"
    tab.close()


def test_wordnet_opens_and_answers_at_once(chromium, tmp_path):
    """82,115 nodes with vectors of 64 dimensions: the size, and times that a reader waits."""
    h, mammals = hrgeom.read_hierarchy("wordnet"), load("wordnet-mammals")
    rows = np.random.default_rng(0).normal(size=(2, h.n_nodes, 64)).astype(np.float32)
    e = hrgeom.DualEmbedding(*rows, threshold=0.0).aligned_to(h, rows="order")
    # The certificate of another embedding: the page is measured, not what it says.
    certificate = hrgeom.construct(mammals).certificate
    measured = Measured(1, Extremes(np.ones(1), np.zeros(1)), None)
    one = EmbeddingReport("random", e, certificate, measured, copies_of(e))
    report = Report(h, Facts.of(h), (one,))
    bare = dataclasses.replace(report, embeddings=(dataclasses.replace(one, copies=None),))
    assert len(page(bare).encode("utf-8")) < 3_000_000
    written = tmp_path / "wordnet.html"
    written.write_text(page(report), encoding="utf-8")
    opened = Opened(chromium, written, hash_="#q=dog.n.01")
    assert opened.node == "dog.n.01"
    assert float(opened.tab.get_attribute("html", "data-ready")) < 3000
    took = []
    for _ in range(15):
        opened.tab.click("text=any node")
        took.append(float(opened.tab.get_attribute("#explorer", "data-took")))
    assert np.median(took) < 200  # milliseconds
    opened.type("dgo.n.01")
    assert "dog.n.01" in opened.texts(".hx-options li")
    assert opened.said == []
    opened.context.close()
