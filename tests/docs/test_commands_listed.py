"""The page of the architecture lists every command there is, and no other."""

import argparse
import re

from places import DOCS

from hrgeom.cli._main import parser


def test_every_command_is_listed():
    page = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## Command line")[2]
    listed = re.findall(r"^\| `hrgeom ([\w ]+)` \|", page, re.M)
    action = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert sorted(listed) == sorted(action.choices)
