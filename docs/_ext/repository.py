"""Files of the repository on the site: pages made of them, and links to their sources.

Some pages of docs/ stand for a file of the repository, which is where it is kept; its text takes
their place, with its links turned. A path in code, such as `proofs/rounding.py`, becomes a link to
a page with that file, and `hrgeom.construct` a link to its page of the reference.
"""

import os
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

ROOT = Path(__file__).parents[2]
PAGES = {
    "contributing": "CONTRIBUTING.md",
    "changelog": "CHANGELOG.md",
    "releasing": "RELEASE.md",
    "security": "SECURITY.md",
    "proofs": "proofs/README.md",
    "benchmarks": "benchmarks/README.md",
}
"""Pages that stand for a file of the repository."""

FOLDERS = ("benchmarks", "docs", "hrgeom", "proofs", "tests")
PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*\w\.\w+")
NAME = re.compile(r"(hrgeom(?:\.\w+)+)(?:\(\))?")
LINK = re.compile(r"\]\(([^)\s#]+)((?:#[^)\s]*)?)\)")
LANGUAGES = {".py": "python", ".v": "coq", ".c": "c", ".h": "c", ".ml": "ocaml", ".sh": "bash"}
LANGUAGES |= {".json": "json", ".toml": "toml", ".yml": "yaml", ".csv": "text", ".txt": "text"}
LARGEST = 100_000
"""Bytes of a file that is shown; larger ones are on the forge."""


def address():
    """Return where the repository is, as pyproject.toml says."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search('^Source = "(.+)"$', text, re.MULTILINE)[1]


def turned(text, name):
    """Return the text of a file with its relative links as they are from a page in docs/."""
    standing = {path: f"{page}.md" for page, path in PAGES.items()}

    def turn(found):
        target, anchor = found.groups()
        if re.match(r"\w+:", target):
            return found[0]
        path = os.path.normpath(Path(name).parent / target)
        if path.startswith("docs/"):
            path = path.removeprefix("docs/")
        else:
            path = standing.get(path, f"source:{path}")
        return f"]({path}{anchor})"

    return LINK.sub(turn, text)


def put_in_place(app, docname, source):
    """Give a page that stands for a file the text of that file."""
    if docname in PAGES:
        name = PAGES[docname]
        app.env.note_dependency(str(ROOT / name))
        source[0] = turned((ROOT / name).read_text(encoding="utf-8"), name)


def named(literal, folder):
    """Return the path of the file that code in running text names, or None."""
    text = literal.astext()
    if PATH.fullmatch(text) and (ROOT / text).is_file():
        return text
    if folder and re.fullmatch(r"\w[\w-]*\.\w+", text) and (ROOT / folder / text).is_file():
        return f"{folder}/{text}"
    return None


def uri(app, docname, path):
    """Return where a link from a page to a file leads, and keep the file in mind."""
    file = ROOT / path
    page = path.removeprefix("docs/").removesuffix(".md")
    if path.endswith(".md") and page in app.env.all_docs:
        return app.builder.get_relative_uri(docname, page)
    if not file.is_file():
        return f"{address()}/tree/main/{path}"
    if file.suffix not in LANGUAGES or file.stat().st_size > LARGEST:
        return f"{address()}/blob/main/{path}"
    app.builder.shown_files.add(path)
    return app.builder.get_relative_uri(docname, f"source/{path}")


def link(app, doctree, docname):
    """Make links of paths and of names of the reference."""
    if app.builder.format != "html":
        return
    for reference in doctree.findall(nodes.reference):
        target = reference.get("refuri", "")
        if target.startswith("source:"):
            reference["refuri"] = uri(app, docname, target.removeprefix("source:"))
    for download in list(doctree.findall(addnodes.download_reference)):
        path = os.path.normpath(Path("docs", docname).parent / download["reftarget"])
        target = uri(app, docname, path)
        shown = nodes.reference("", "", *download.children, refuri=target, internal=True)
        download.replace_self(shown)
    folders = {}
    for literal in list(doctree.findall(nodes.literal)):
        block = literal.parent
        if is_linked(literal):
            continue
        if path := named(literal, folders.get(id(block))):
            folders[id(block)] = os.path.dirname(path)
            wrap(literal, uri(app, docname, path))
        elif where := documented(app, docname, literal.astext()):
            wrap(literal, where)


def is_linked(node):
    """Whether a node is in a link already: links have none inside."""
    while node is not None and not isinstance(node, nodes.reference):
        node = node.parent
    return node is not None


def documented(app, docname, text):
    """Return where the reference describes a name, or None."""
    found = NAME.fullmatch(text)
    known = app.env.get_domain("py").objects.get(found[1]) if found else None
    if known is None or known.docname == docname:
        return None
    return f"{app.builder.get_relative_uri(docname, known.docname)}#{known.node_id}"


def wrap(literal, target):
    """Put a link around code."""
    around = nodes.reference("", "", refuri=target, internal=True, classes=["source"])
    literal.replace_self(around)
    around += literal


def pages(app):
    """Yield a page for every file that is linked to."""
    for path in sorted(app.builder.shown_files):
        text = (ROOT / path).read_text(encoding="utf-8")
        language = LANGUAGES[Path(path).suffix]
        body = app.builder.highlighter.highlight_block(text, language, location=path)
        forge = f'<a class="reference external" href="{address()}/blob/main/{path}">'
        head = f"<h1>{path}</h1><p>{forge}on the forge</a></p>"
        yield f"source/{path}", {"title": path, "body": head + body}, "page.html"


def prepare(app):
    """Start without any file."""
    app.builder.shown_files = set()


def setup(app):
    """Texts before anything is parsed, links when all pages are known."""
    app.connect("builder-inited", prepare)
    app.connect("source-read", put_in_place, priority=100)
    app.connect("doctree-resolved", link)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
