"""Sphinx: pages in Markdown (MyST), executed when built; formulas as MathML, no script needed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from hrgeom import __version__

ADDRESS = "https://hrgeom.github.io/hrgeom/"

project = "hrgeom"
author = "the hrgeom authors"
project_copyright = "2026, the hrgeom authors"
release = __version__

extensions = [
    "bars",
    "mathml",
    "myst_nb",
    "numpydoc",
    "reachable",
    "repository",
    "sizes",
    "sources",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_argparse_cli",
    "sphinxcontrib.bibtex",
    "transcripts",
]
exclude_patterns = ["_build", "_templates", "examples", "data"]
nitpicky = False
suppress_warnings = ["mystnb.unknown_mime_type"]

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
myst_url_schemes = {**dict.fromkeys(("http", "https", "mailto", "ftp")), "source": None}
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "unsrt"

autodoc_typehints = "none"  # the docstrings say types and shapes
autodoc_mock_imports = ["torch", "triton"]  # their names are described where they are missing, too
autosummary_generate = True
templates_path = ["_templates"]  # of a class: its methods with all that they take and return
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "hrgeom"
html_baseurl = ADDRESS
html_show_sourcelink = False
html_theme_options = {
    "source_repository": "https://github.com/hrgeom/hrgeom/",
    "source_branch": "main",
    "source_directory": "docs/",
}
html_static_path = ["_static"]
html_css_files = ["wide.css"]
