"""Every picture of the pages can be drawn again from the data that is committed with it."""

import runpy
import sys

import pytest
from places import DOCS

image = pytest.importorskip("matplotlib.image")

SCRIPTS = sorted(
    path
    for path in (DOCS / "examples").glob("*.py")
    if "[FOLDER]" in path.read_text(encoding="utf-8")
)
PICTURES = {path.name for path in (DOCS / "figures").iterdir()}
# Drawn by `hrgeom compare` while it measures: minutes (benchmarks/compare_text_model.py).
MEASURED = {name for name in PICTURES if name.startswith("compare_")}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Run all scripts into one folder; the scripts of every picture."""
    folder = tmp_path_factory.mktemp("figures")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS / "examples"))
        for script in SCRIPTS:
            before = set(folder.iterdir())
            patch.setattr(sys, "argv", [str(script), str(folder)])
            runpy.run_path(str(script), run_name="__main__")
            found[script.name] = set(folder.iterdir()) - before
    return found


def test_every_picture_has_one_script(drawn):
    assert all(drawn.values())
    names = [path.name for paths in drawn.values() for path in paths]
    assert sorted(names) == sorted(PICTURES - MEASURED)


def test_pictures_come_out_in_the_size_that_is_committed(drawn):
    for path in (path for paths in drawn.values() for path in paths):
        pixels = image.imread(path)
        assert pixels.shape == image.imread(DOCS / "figures" / path.name).shape, path.name
        assert pixels[..., :3].min() < 0.1 < 0.9 < pixels[..., :3].max(), path.name


def test_every_picture_is_shown_somewhere_with_words():
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    for name in PICTURES:
        before = text.partition(f"figures/{name})")[0]
        alternative = before.rpartition("![")[2]
        assert before != text, f"{name} is on no page"
        assert len(alternative) > 40, f"{name} is shown without saying what to see"


def test_every_script_is_named_where_its_pictures_are():
    gallery = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert [script.name for script in SCRIPTS if script.name not in gallery] == []
