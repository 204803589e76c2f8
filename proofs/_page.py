"""The page of numbered statements, and what belongs to each: its page of theory and its code."""

from __future__ import annotations

import re

from .kit import Proof, load, names

__all__ = ["NUMBERS", "anchor", "number", "statements_page"]

NUMBERS: dict[str, tuple[str, str]] = {
    # identifier -> (page of theory, code); its place is its number, so new ones come last
    "interval-cover": ("interval", "hrgeom/constructions/intervals/_interval.py"),
    "half-plane": ("half-plane", "hrgeom/constructions/intervals/_half_plane.py"),
    "three-dimensions": ("interval", "hrgeom/constructions/intervals/_interval.py"),
    "arc-margin": ("interval", "hrgeom/constructions/codes/_arc.py"),
    "kraft-trie": ("trie", "hrgeom/constructions/_kraft_trie.py"),
    "weighted-trie": ("direct-sum", "hrgeom/constructions/direct_sum/_tries_and_intervals.py"),
    "direct-sum": ("direct-sum", "hrgeom/constructions/direct_sum/_methods.py"),
    "block-code": ("direct-sum", "hrgeom/constructions/codes/_block.py"),
    "spherical-codes": ("spherical-codes", "hrgeom/constructions/codes/spherical/__init__.py"),
    "moment-curve": ("moment-curve", "hrgeom/constructions/_moment_curve.py"),
    "centroid-hubs": ("centroid-hubs", "hrgeom/constructions/_centroid_hubs.py"),
    "theorem-3-1": ("random", "hrgeom/bounds/random/_theorem_3_1.py"),
    "random-rows": ("random", "hrgeom/bounds/random/_expected_errors.py"),
    "exact-law": ("random", "hrgeom/bounds/random/_score_distribution.py"),
    "jl-compression": ("random", "hrgeom/bounds/random/_compression.py"),
    "gordon": ("random", "hrgeom/bounds/random/_gordon.py"),
    "dual-frame": ("random", "hrgeom/constructions/queries/_dual_frame.py"),
    "max-margin": ("max-margin", "hrgeom/constructions/queries/_max_margin.py"),
    "margin-ceiling": ("ceiling", "hrgeom/bounds/ceilings/_all_subsets.py"),
    "sdp-weak-duality": ("optimum", "hrgeom/constructions/_sdp.py"),
    "perfect-tree-blocks": ("ceiling", "hrgeom/bounds/ceilings/_perfect_tree_blocks.py"),
    "signed-identity": ("limits", "hrgeom/bounds/lower/_signed_identity.py"),
    "shattering": ("limits", "hrgeom/bounds/lower/_vc.py"),
    "radon": ("limits", "hrgeom/bounds/lower/_radon.py"),
    "rainbow": ("limits", "hrgeom/bounds/lower/_rainbow.py"),
    "chirotope": ("limits", "hrgeom/bounds/lower/_chirotope.py"),
    "forster": ("limits", "hrgeom/bounds/lower/_forster.py"),
    "packing": ("limits", "hrgeom/bounds/lower/_packing.py"),
    "gordan": ("diagnosis", "hrgeom/diagnosis/__init__.py"),
    "rounding": ("certificate", "hrgeom/checker/_rounding.py"),
    "normalised-margin": ("certificate", "hrgeom/checker/_normalized.py"),
    "quantisation": ("certificate", "hrgeom/checker/_rounding.py"),
    "trigonometric-curve": ("moment-curve", "hrgeom/claims/papers/_wang2026.py"),
    "coherence": ("random", "hrgeom/claims/papers/_wang2026_experiments.py"),
    "text-and-hierarchy": ("text-and-hierarchy", "hrgeom/derived/_combine.py"),
    "counting": ("limits", "hrgeom/bounds/lower/_counting.py"),
    "mixture-band": ("mixture-band", "hrgeom/checker/_band.py"),
    "twins": ("ceiling", "hrgeom/bounds/ceilings/_part_ceiling.py"),
    "sunflower": ("interval", "hrgeom/constructions/covers/_sunflower.py"),
}

_HEAD = """\
# Statements, by number

What is proved here, one statement each. A number stays with its statement; new ones come last.
Numbers and formulas of the conclusions are printed from the expressions that the steps of the proof
show and that tests compare with the code.

| label | means |
| --- | --- |
| *machine-checked* | stated and proved end to end in Rocq, in the files that are named |
| *proof on paper, formulas checked* | the argument is in words, in the proof file; \
every number and formula of the conclusion is one that a symbolic step shows |
| *cited* | taken from the literature, and not proved here |
| *observed* | seen in floating point, and nothing more |

`python -m proofs` (`python -m hrgeom.proofs` where it is installed) checks all of them and counts
the labels; `python -m proofs ID --steps` prints every step with the sizes it covers. This page is
written by `python -m proofs --page`.
"""
_DISPLAY = re.compile(r"\s*(\$\$.*?\$\$)\s*", re.DOTALL)


def number(name: str) -> int:
    """Return the number of a statement."""
    return 1 + list(NUMBERS).index(name)


def anchor(name: str) -> str:
    """Return the anchor of a statement on its page."""
    return f"theorem-{number(name)}-{name}"


def statements_page() -> str:
    """Return the page of all statements, as Markdown."""
    left_out = set(names()) - set(NUMBERS)
    if left_out:
        raise ValueError(f"every proof must have a number in proofs/_page.py: {sorted(left_out)}")
    sections = (_section(load(name)) for name in NUMBERS if name in names())
    return "\n".join([_HEAD, *sections]).rstrip("\n")


def _section(proof: Proof) -> str:
    page, code = NUMBERS[proof.id]
    file = f"proofs/{proof.id.replace('-', '_')}.py"
    links = [
        f"Proof: [`{file}`](../../{file})",
        f"page: [{page}]({page}.md)",
        f"code: [`{code}`](../../{code})",
    ]
    in_rocq = (f"`{theorem}` in [`{v}`](../../proofs/rocq/{v})" for v, theorem in proof.rocq)
    if proof.rocq:
        part = f", of this part: {proof.rocq_part}" if proof.rocq_part else ""
        links.append(f"Rocq{part}: {', '.join(in_rocq)}")
    text = _DISPLAY.sub(lambda found: f"\n\n{' '.join(found[1].split())}\n\n", proof.statement)
    parts = [
        f"## Theorem {number(proof.id)}: {proof.id}",
        f"**{proof.title}.** *{proof.label[0].upper()}{proof.label[1:]}.*",
        text.strip(),
        *([f"Where: {'; '.join(proof.assumptions)}."] if proof.assumptions else []),
        *([f"Cited: {'; '.join(proof.cited)}."] if proof.cited else []),
        "; ".join(links) + ".",
    ]
    return "\n\n".join(parts) + "\n"
