"""The sections of a page, in HTML; every text from the data goes through `escape`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from hrgeom._version import __version__
from hrgeom.bounds import SETTINGS, Quantity, Setting, Side, is_carried, strongest
from hrgeom.checker import Certificate
from hrgeom.core import Hierarchy
from hrgeom.report._charts import Drawn, frontier_chart, levels_chart, margin_chart, recall_chart
from hrgeom.report._report import EmbeddingReport, Report
from hrgeom.report._words import advice, number, sentence, shown, tightest_call

__all__ = ["SECTIONS", "Section", "about", "hero"]


@dataclass(frozen=True)
class Section:
    """A section: its anchor, its name in the menu, and its HTML, empty where there is none."""

    key: str
    link: str
    body: Callable[[Report], str]


def hero(report: Report) -> str:
    """Return what is said first: the verdict, the tightest call, how to use the vectors."""
    one = report.embeddings[0]
    certificate = one.certificate
    unit = certificate.normalized_margin_lower_bound
    stored = one.embedding.bits_per_vector
    numbers = [
        ("pairs checked, all", f"{certificate.n_pairs:,}"),
        ("on the wrong side", f"{certificate.n_violations:,}"),
        ("dimensions", f"{certificate.dim:,}"),
        ("one vector", f"{stored / 8:,.0f} bytes, {certificate.dtype}"),
        ("margin, unit rows", "none" if unit is None else f"≥ {number(unit)}"),
        ("nodes", f"{report.hierarchy.n_nodes:,}"),
    ]
    cells = "".join(f"<div><dt>{escape(a)}</dt><dd>{escape(b)}</dd></div>" for a, b in numbers)
    return (
        f'<div class="wrap hero"><span class="chip {certificate.verdict}">'
        f"{certificate.verdict.upper()}</span>"
        f"<h1>{escape(one.sentence)}</h1>"
        f"<p>{escape(tightest_call(certificate, report.hierarchy))}</p>"
        f'<p>Use: <code class="use">{escape(advice(certificate))}</code></p>'
        f'<dl class="numbers">{cells}</dl></div>'
    )


def _explorer(report: Report) -> str:
    lead = (
        "Type a label: the way up to the root, the score of every ancestor, and the documents that "
        "come nearest without being one."
    )
    return _section(
        "explore",
        "Look for yourself",
        lead,
        '<div id="explorer" class="hx">Unpacking …</div>'
        "<noscript><p>The explorer needs JavaScript; everything else on this page does not."
        "</p></noscript>",
    )


def _margins(report: Report) -> str:
    figures = []
    for one in report.embeddings:
        drawn = margin_chart(one)
        title = "Scores" if len(report.embeddings) == 1 else f"Scores of {shown(one.name)}"
        figures.append(_figure(drawn, title, _observed(one, report)))
    recall = recall_chart(report)
    if recall is not None:
        figures.append(_figure(recall, "Recall by distance", _recalled(report)))
    lead = (
        "Of every query, the ancestor that scores lowest and the other document that scores "
        "highest: what is empty between them is left for rounding, approximate copies and "
        "quantization. Recall is the share of ancestors so many steps up that are retrieved."
    )
    return _section("margins", "How much room there is", lead, _columns(figures))


def _observed(one: EmbeddingReport, report: Report) -> str:
    n = one.measured.n_queries
    return f"Observed over {_share(n, report)}; the certificate is over all pairs."


def _recalled(report: Report) -> str:
    seen = [one.measured.recall for one in report.embeddings]
    n = min(recall.n_queries for recall in seen if recall is not None)
    return f"Observed over {_share(n, report)}."


def _share(n: int, report: Report) -> str:
    total = report.hierarchy.n_nodes
    return f"all {n:,} queries" if n == total else f"a random sample of {n:,} of {total:,} queries"


def _limits(report: Report) -> str:
    drawn = frontier_chart(report)
    parts = [] if drawn is None else [_figure(drawn, "Margin against dimension", "")]
    if report.bounds:
        parts.append(_bounds(report))
    if not report.bounds and not report.points:
        return ""
    lead = (
        "More dimensions buy more margin. Diamonds are the embeddings of this page, as certified; "
        "the line is what constructions promise for the same stored type. What any embedding can "
        "do lies between what is proved impossible and what some embedding is known to do."
    )
    return _section("limits", "What dimensions buy, and where it ends", lead, _columns(parts))


def _side_by_side(report: Report) -> str:
    if len(report.embeddings) < 2:
        return ""
    names = [shown(one.name) for one in report.embeddings]
    rows = [
        (label, [value(one) for one in report.embeddings]) for label, value in _COMPARED.items()
    ]
    body = "".join(_row(label, cells) for label, cells in rows)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("embedding", *names))
    table = (
        '<div class="scroll" tabindex="0" role="group" aria-label="Comparison">'
        f'<table class="plain wide side"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )
    return _section("compare", "Side by side", "All were checked on every pair.", table)


_COMPARED: dict[str, Callable[[EmbeddingReport], str]] = {
    "verdict": lambda one: one.certificate.verdict,
    "queries that fail": lambda one: f"{one.certificate.n_violating_queries:,}",
    "pairs on the wrong side": lambda one: f"{one.certificate.n_violations:,}",
    "dimensions": lambda one: f"{one.embedding.dim:,}",
    "stored type": lambda one: str(one.embedding.dtype),
    "bytes of a vector": lambda one: f"{one.embedding.bits_per_vector / 8:,.0f}",
    "margin": lambda one: number(one.certificate.margin_lower_bound if _holds(one) else None),
    "margin, unit rows": lambda one: number(one.certificate.normalized_margin_lower_bound),
    "retrieved, of all pairs": lambda one: _overall(one),
    "use": lambda one: advice(one.certificate),
    "vectors by": lambda one: one.embedding.construction,
}


def _holds(one: EmbeddingReport) -> bool:
    return one.certificate.holds


def _overall(one: EmbeddingReport) -> str:
    recall = one.measured.recall
    return "not known" if recall is None else f"{100 * recall.overall:.2f} %"


def _bounds(report: Report) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(meaning)}</th>'
        f"<td>{escape(between(report, 'dimension', setting))}</td>"
        f"<td>{escape(between(report, 'margin', setting))}</td></tr>"
        for setting, meaning in SETTINGS.items()
    )
    head = "".join(
        f'<th scope="col">{text}</th>'
        for text in ("embeddings with", "fewest dimensions", "largest margin")
    )
    table = f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    listed = [
        (
            bound.theorem,
            f"{bound.quantity} {'at least' if bound.side == 'lower' else 'at most'} "
            f"{number(bound.value)}{', tight' if bound.is_tight else ''}",
            SETTINGS[bound.setting],
            bound.reason,
        )
        for bound in report.bounds
        if bound.value is not None
    ]
    every = _table(("theorem", "says", "for", "because"), listed)
    return (
        f"<div><h3>Bounds for any embedding</h3>{_scrolled(table)}"
        '<p class="fine">Margins are those of rows of unit length. Searches were short: '
        "<code>hrgeom bounds --effort 1</code> may say more.</p>"
        f"<details><summary>All {len(listed)} bounds</summary>{every}</details></div>"
    )


def between(report: Report, quantity: Quantity, setting: Setting) -> str:
    """Return the range in which a quantity lies, by theorems and the embeddings of the page."""
    low, high = (_end(report, quantity, side, setting) for side in _SIDES)
    here = _here(report, quantity, setting)
    if quantity == "dimension" and here is not None and (high is None or here < high):
        return f"{_or_unknown(low)} to {number(here)} (here)"
    if quantity == "margin" and here is not None and (low is None or here > low):
        return f"{number(here)} (here) to {_or_unknown(high)}"
    if low is not None and low == high:
        return f"exactly {number(low)}"
    return f"{_or_unknown(low)} to {_or_unknown(high)}"


_SIDES: tuple[Side, Side] = ("lower", "upper")


def _end(report: Report, quantity: Quantity, side: Side, setting: Setting) -> float | int | None:
    found = strongest(report.bounds, quantity, side, setting)
    return None if found is None else found.value


def _here(report: Report, quantity: Quantity, setting: Setting) -> float | int | None:
    """Return the best that an embedding of the page does in a setting."""
    certified = [
        one.certificate
        for one in report.embeddings
        if one.certificate.holds and is_carried(_setting(one.certificate), setting, forbids=False)
    ]
    if quantity == "dimension":
        return min((c.dim for c in certified), default=None)
    margins = (c.normalized_margin_lower_bound for c in certified)
    return max((margin for margin in margins if margin is not None), default=None)


def _setting(certificate: Certificate) -> Setting:
    """Return the kind of embeddings that a certified one is; scaled to unit rows if it says so."""
    if certificate.notion == "row":
        return "row"
    if certificate.threshold == 0:
        return "zero"
    return "unit" if certificate.normalized_margin_lower_bound else "global"


def _or_unknown(value: float | int | None) -> str:
    return "?" if value is None else number(value)


def _hierarchy(report: Report) -> str:
    facts = report.facts
    rows = [(name, f"{count:,}") for name, count in facts.counts.items()]
    rows.append(("ancestors of a node, itself included, on average", f"{facts.mean_ancestors:.2f}"))
    remarks = "".join(f"<li>{escape(shown_remark(text))}</li>" for text in facts.remarks)
    said = (
        f'<h3>Remarks</h3><ul class="remarks">{remarks}</ul>'
        if remarks
        else "<p>Nothing was repaired, and nothing looks odd.</p>"
    )
    left = f"<div>{_table((), rows)}{said}</div>"
    figure = _figure(levels_chart(facts), "Nodes by level", "")
    return _section("hierarchy", "The hierarchy", "", f'<div class="two">{left}{figure}</div>')


def shown_remark(text: str) -> str:
    """Return a remark on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 400 else f"{line[:399]}…"


def _certificates(report: Report) -> str:
    parts = "".join(_certificate(one, report.hierarchy) for one in report.embeddings)
    lead = (
        "Every pair of a query and a document was scored, with a proved bound on rounding; where "
        "that does not decide, in exact arithmetic."
    )
    kind = "two" if len(report.embeddings) > 1 else "one"
    return _section("certificate", "The certificate", lead, f'<div class="{kind}">{parts}</div>')


def _certificate(one: EmbeddingReport, hierarchy: Hierarchy) -> str:
    rows = [(name, text) for name, text in certificate_rows(one.certificate)]
    remarks = "".join(f"<li>{escape(shown_remark(str(remark)))}</li>" for remark in one.remarks)
    listed = f'<ul class="remarks">{remarks}</ul>' if remarks else ""
    return (
        f"<div><h3>{escape(shown(one.name))}</h3><p>{escape(sentence(one.certificate))} "
        f"{escape(tightest_call(one.certificate, hierarchy))}</p>{listed}{_table((), rows)}</div>"
    )


def certificate_rows(c: Certificate) -> Iterable[tuple[str, str]]:
    """Yield what a certificate states, named in plain words."""
    yield "verdict", c.verdict
    one_level = c.notion == "global"
    yield "notion", "one threshold for all queries" if one_level else "a ranking for every query"
    if c.threshold is not None and one_level:
        yield "threshold", repr(c.threshold)
    yield "pairs", f"{c.n_pairs:,}, of which {c.n_matches:,} match"
    yield "on the wrong side", f"{c.n_violations:,} pairs, of {c.n_violating_queries:,} queries"
    yield "undecided", f"{c.n_undecided:,}"
    yield "margin, at least", number(c.margin_lower_bound, 6)
    yield "margin of unit rows, at least", number(c.normalized_margin_lower_bound, 6)
    for name, witness in (("lowest ancestor", c.worst_match), ("highest other", c.best_other)):
        if witness is not None:
            yield (
                name,
                f"query {shown(witness.query)}, document {shown(witness.document)}: "
                f"{witness.score!r}",
            )
    yield "arithmetic", f"{c.arithmetic}, rounding at most {c.rounding_bound:.2g}"
    yield "decided exactly", f"{c.n_exact_rechecks:,}"
    yield "vectors by", c.basis or "not stated"
    yield "checked by", f"hrgeom {c.version}, kernel {c.kernel}, in {c.seconds:.1f} s"
    for name, digest in c.sha256.items():
        yield f"sha256 of {name}", digest


def about(report: Report) -> str:
    """Return how the page was made, and what it needs."""
    made = f"Made by hrgeom {escape(__version__)}"
    if report.command:
        made += f" with <code>{escape(report.command)}</code>"
    return (
        f"<p>{made}. Nothing on this page comes from elsewhere, and nothing is sent: it works "
        "without a network. The explorer unpacks its data with DecompressionStream (Chromium 80, "
        "Firefox 113, Safari 16.4, or later); all else is plain HTML.</p>"
        f"<p>sha256 of the hierarchy: <code>{escape(report.hierarchy.sha256)}</code></p>"
    )


def _section(key: str, title: str, lead: str, body: str) -> str:
    said = f'<p class="lead">{escape(lead)}</p>' if lead else ""
    return (
        f'<section id="{key}" aria-labelledby="{key}-title"><div class="wrap">'
        f'<h2 id="{key}-title">{escape(title)}</h2>{said}{body}</div></section>'
    )


def _figure(drawn: Drawn, title: str, said: str) -> str:
    keys = "".join(f'<li class="{kind}">{escape(text)}</li>' for kind, text in drawn.keys)
    listed = f'<ul class="keys">{keys}</ul>' if keys else ""
    note = f'<p class="fine">{escape(said)}</p>' if said else ""
    numbers = f"<details><summary>Numbers</summary>{_table(drawn.head, drawn.rows)}</details>"
    head = f"<figcaption><h3>{escape(title)}</h3></figcaption>"
    return f"<figure>{head}{drawn.svg}{listed}{note}{numbers}</figure>"


def _columns(figures: Sequence[str]) -> str:
    return f'<div class="two">{"".join(figures)}</div>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    thead = f"<thead><tr>{top}</tr></thead>" if top else ""
    body = "".join(_row(row[0], row[1:]) for row in rows)
    return _scrolled(f'<table class="plain">{thead}<tbody>{body}</tbody></table>')


def _scrolled(table: str) -> str:
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Table">{table}</div>'


def _row(name: str, cells: Sequence[str]) -> str:
    rest = "".join(f"{_cell(cell)}{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{rest}</tr>'


def _cell(text: str) -> str:
    return '<td class="number">' if _NUMBER.fullmatch(text) else "<td>"


_NUMBER = re.compile(r"[-0-9.,e%≥ ]{1,24}")

SECTIONS = (
    Section("explore", "Explore", _explorer),
    Section("margins", "Margins", _margins),
    Section("compare", "Compare", _side_by_side),
    Section("limits", "Limits", _limits),
    Section("hierarchy", "Hierarchy", _hierarchy),
    Section("certificate", "Certificate", _certificates),
)
"""What follows the verdict, in order."""
