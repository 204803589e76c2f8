"""The explorer of a report as a widget for notebooks (needs anywidget, extra `notebook`)."""

from __future__ import annotations

from typing import Any

from hrgeom._base.optional import imported
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.report._explored import explorer_data
from hrgeom.report._page import explorer_script, explorer_style
from hrgeom.report._report import build_report

__all__ = ["RENDER", "explorer", "widget_style"]

RENDER = """
/** Whether letters are light here: notebooks name their themes differently. */
function isOnDark(box) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(box).color;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return 0.3 * red + 0.6 * green + 0.1 * blue > 127;
}

async function render({ model, el }) {
  const root = element("div", { class: "hx" });
  el.append(root);
  const paint = () => { root.dataset.theme = isOnDark(el) ? "dark" : "light"; };
  paint();
  const explorer = await mountExplorer(root, model.get("data"));
  if (!explorer) return;
  explorer.onShow = (node) => {
    model.set("label", explorer.tree.labels[node]);
    model.save_changes();
  };
  model.on("change:label", () => {
    const node = explorer.search.exact(model.get("label"));
    if (node >= 0 && node !== explorer.node) explorer.show(node);
  });
  const repaint = () => { paint(); explorer.redraw(); };
  const changes = new MutationObserver(repaint);
  changes.observe(document.documentElement, { attributes: true });
  changes.observe(document.body, { attributes: true });
  document.head.addEventListener("load", repaint, true);
  return () => { changes.disconnect(); document.head.removeEventListener("load", repaint, true); };
}
export default { render };
"""
"""The module of the widget, after the scripts of the explorer."""


def widget_style() -> str:
    """Return the styles of the explorer with colors of its own: a notebook keeps those it has."""
    return explorer_style().replace(":root", ".hx")


def explorer(embedding: DualEmbedding, hierarchy: Hierarchy, *, name: str = "embedding") -> Any:
    """Return the explorer of an embedding as a widget, as `hrgeom report` has it on its page.

    Parameters
    ----------
    embedding : DualEmbedding
        With a query and a document for every node.
    hierarchy : Hierarchy
        Whose ancestors each query is to retrieve.
    name : str
        What to call the embedding.

    Returns
    -------
    widget : anywidget.AnyWidget
        The last expression of a cell shows it. Its `label` is the node that is looked at, and may
        be set.

    Raises
    ------
    HrgeomError
        If anywidget is not installed.
    ShapeError
        If the embedding does not fit the hierarchy.

    Examples
    --------
    >>> from hrgeom.constructions import construct
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> widget = explorer(construct(h).embedding, h)  # doctest: +SKIP
    """
    anywidget = imported("anywidget", "the explorer in a notebook", "'hrgeom[notebook]'")
    traitlets = imported("traitlets", "the explorer in a notebook", "'hrgeom[notebook]'")
    report = build_report({name: embedding}, hierarchy, n_queries=1, with_bounds=False)
    data = explorer_data(report)
    members = {
        "_esm": explorer_script() + RENDER,
        "_css": widget_style(),
        "data": traitlets.Dict(data).tag(sync=True),
        "label": traitlets.Unicode(hierarchy.labels[data["start"]]).tag(sync=True),
    }
    widget: Any = type("Explorer", (anywidget.AnyWidget,), members)()
    return widget
