"""Links of the built site that lead nowhere: `python tests/site_links.py docs/_build/html`.

Every link and picture within the site must be there, with its anchor. Links to other sites are
counted and, with `--outside`, listed; nothing is fetched.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit


class Links(HTMLParser):
    """Addresses that a page names, and the anchors it has."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value and tag != "link":
                self.addresses.add(value)


def read(folder: Path) -> dict[Path, Links]:
    """Return the links of all pages below a folder."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        found[path.resolve()] = links = Links()
        links.feed(path.read_text(encoding="utf-8"))
    return found


def broken(folder: Path) -> list[str]:
    """Return what leads nowhere, as page and address."""
    pages = read(folder)
    return [
        f"{path.relative_to(folder.resolve())}: {address}"
        for path, links in pages.items()
        for address in sorted(links.addresses)
        if not urlsplit(address).scheme and not leads(pages, path, address)
    ]


def leads(pages: dict[Path, Links], path: Path, address: str) -> bool:
    """Return whether an address on a page is there."""
    target, anchor = urldefrag(unquote(address))
    where = (path.parent / target.partition("?")[0]).resolve() if target else path
    if where.is_dir():
        where /= "index.html"
    if where not in pages:
        return where.is_file()
    return not anchor or anchor in pages[where].anchors


def outside(folder: Path) -> list[str]:
    """Return the addresses of other sites."""
    found = {address for links in read(folder).values() for address in links.addresses}
    return sorted(address for address in found if urlsplit(address).scheme in ("http", "https"))


def main(arguments: list[str]) -> int:
    """Say what is broken, and return 1 if anything is."""
    folder = Path(arguments[0])
    elsewhere = outside(folder)
    if "--outside" in arguments:
        sys.stdout.write("".join(f"{address}\n" for address in elsewhere))
    found = broken(folder)
    sys.stdout.write("".join(f"leads nowhere: {line}\n" for line in found))
    sys.stdout.write(
        f"{len(found)} links lead nowhere; {len(elsewhere)} to other sites, not tried\n"
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
