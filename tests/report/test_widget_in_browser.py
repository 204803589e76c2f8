"""The explorer of a notebook in Chromium: its theme is that of what is around it."""

import json

import pytest

import hrgeom
from hrgeom.report import build_report
from hrgeom.report._explored import explorer_data
from hrgeom.report._page import explorer_script
from hrgeom.report._widget import RENDER, widget_style

# what anywidget does with a module: a model, an element of its own, and `render`
NOTEBOOK = """async ([source, style, data]) => {
  const sheet = document.createElement("style");
  sheet.textContent = style;
  document.head.append(sheet);
  const values = { data, label: "" };
  const model = {
    get: (name) => values[name], set: (name, value) => { values[name] = value; },
    save_changes: () => {}, on: (_, changed) => { window.changed = changed; },
  };
  window.model = model;
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  for (const id of ["one", "two"]) {
    window[id] = await module.default.render({ model, el: document.getElementById(id) });
  }
}"""
BODY = (
    "<body style='color: {color}; background: {paper}'>"
    "<div id='one' style='width: {width}px'></div><div id='two'></div></body>"
)
LIGHT, DARK = {"color": "#111", "paper": "#fff"}, {"color": "#eee", "paper": "#111"}


@pytest.fixture(scope="module")
def data():
    h = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
    report = build_report({"pets": hrgeom.construct(h).embedding}, h, n_queries=1)
    return explorer_data(report)


@pytest.fixture
def show(chromium, data):
    """Return a function that puts two widgets into a notebook of some colors."""
    opened = []

    def shown(colors, scheme="light", width=1000):
        tab = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        opened.append(tab)
        tab.set_content(BODY.format(**colors, width=width))
        tab.evaluate(NOTEBOOK, [explorer_script() + RENDER, widget_style(), _plain(data)])
        return tab

    yield shown
    for tab in opened:
        tab.close()


def _plain(data):
    return json.loads(json.dumps(data))


def light_of(tab, selector, what="color"):
    """How light a color is, from 0 to 255."""
    text = tab.eval_on_selector(selector, f"(box) => getComputedStyle(box).{what}")
    return sum(map(int, text[4:-1].split(","))) / 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_stand_out_whatever_the_system_says(show, scheme):
    assert light_of(show(LIGHT, scheme), ".hx-said") < 80
    assert light_of(show(DARK, scheme), ".hx-said") > 180


def test_a_notebook_that_turns_dark_takes_the_widget_along(show):
    tab = show(LIGHT)
    before = light_of(tab, ".hx-input", "backgroundColor")
    tab.evaluate("document.body.style.color = '#eee'")
    tab.wait_for_selector("#one .hx[data-theme=dark]")
    assert light_of(tab, ".hx-input", "backgroundColor") < before
    # a widget that is gone looks at nothing
    tab.evaluate("window.one()")
    tab.evaluate("document.body.style.color = '#111'")
    tab.wait_for_selector("#two .hx[data-theme=light]")
    assert tab.get_attribute("#one .hx", "data-theme") == "dark"


def test_the_notebook_keeps_its_own_colors(show):
    tab = show(LIGHT, "dark")
    root = "getComputedStyle(document.documentElement)"
    assert tab.evaluate(f"{root}.getPropertyValue('--ink')") == ""
    assert tab.evaluate(f"{root}.colorScheme") == "normal"


def test_two_widgets_share_no_name(show):
    tab = show(LIGHT)
    names = tab.eval_on_selector_all(".hx [id]", "(all) => all.map((one) => one.id)")
    assert len(names) == len(set(names)) == 2


@pytest.mark.parametrize(("width", "n_columns"), [(1000, 2), (700, 1)])
def test_a_narrow_widget_has_one_column_on_a_wide_screen(show, width, n_columns):
    tab = show(LIGHT, width=width)
    columns = tab.eval_on_selector(
        "#one .hx-both", "(box) => getComputedStyle(box).gridTemplateColumns"
    )
    assert len(columns.split()) == n_columns
