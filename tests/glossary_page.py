"""The page of words: `python tests/glossary_page.py` writes docs/glossary.md."""

from places import DOCS

from hrgeom.cli._glossary import GROUPS

PAGE = DOCS / "glossary.md"
HEAD = """# Words

What the command prints, in a paragraph each; `hrgeom explain WORD` shows the same on the screen,
and [notation](notation.md) has the symbols.
"""


def page() -> str:
    """Return the text of the page."""
    lines = [HEAD]
    for title, entries in GROUPS.items():
        lines += [f"## {title}", ""]
        for entry in entries:
            others = f" (also: {', '.join(entry.others)})" if entry.others else ""
            text = f"{entry.text} [More]({entry.page})."
            lines += [f"**{entry.word}**{others}", f": {text}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
