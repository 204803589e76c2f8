"""What a keyboard or a screen reader needs and the theme leaves out.

Code that is wider than the page scrolls, so it must take the focus; captions of the navigation are
headings, and a heading must have a level. The entries of a bibliography have a role of their own,
so they make no list.
"""

CAPTION = 'role="heading"'
BODY = {"<pre>": '<pre tabindex="0">', '<div role="list" class="citation-list">': "<div>"}


def mend(app, pagename, templatename, context, doctree):
    """Let blocks of code take the focus, and give captions their level."""
    for old, new in BODY.items() if "body" in context else ():
        context["body"] = context["body"].replace(old, new)
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = tree.replace(CAPTION, f'{CAPTION} aria-level="2"')


def setup(app):
    """After the theme has put its navigation together."""
    app.connect("html-page-context", mend, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
