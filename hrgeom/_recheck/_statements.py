"""What a certificate and a description state, beside what is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields
from fractions import Fraction
from hashlib import sha256
from importlib import resources
from itertools import accumulate
from typing import Any

from hrgeom._base.checks import RowNumbers
from hrgeom._recheck._exact import LENGTH_BITS, ExactRows, length
from hrgeom._recheck._queries import Seen
from hrgeom.checker import Certificate, Witness
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.io.judgments import Judgments

__all__ = ["Statements"]

_COMPARED = {
    *("verdict", "notion", "threshold", "n_queries", "n_documents", "dim", "dtype", "n_pairs"),
    *("n_matches", "n_violations", "n_violating_queries", "margin_lower_bound"),
    *("normalized_margin_lower_bound", "worst_match", "best_other", "sha256", "basis"),
}
_NOT_SAMPLED = (
    *("n_violations", "n_violating_queries", "margin_lower_bound"),
    *("normalized_margin_lower_bound", "worst_match", "best_other"),
)
_DESCRIBED = {"format", "format_version", "shapes", "dtype", "scales", "threshold", "notion"}
_DESCRIBED |= {"basis", "sha256"}
_MOST_WRITTEN_OUT = 2**26  # pairs; a forest with more has a digest of another kind
_SLACK = Fraction(1, 10**15)  # of a margin of rows of length one, whose lengths are rounded


class Statements:
    """The statements of one certificate; what contradicts them, and what nothing here can tell."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        self.contradictions: list[str] = []
        self.not_compared = [
            field.name for field in fields(certificate) if field.name not in _COMPARED
        ]

    def expect(
        self, what: str, stated: object, found: object, who: str = "the certificate"
    ) -> None:
        """Note a contradiction unless what is stated was found."""
        if stated != found or isinstance(stated, bool) != isinstance(found, bool):
            self.contradictions.append(f"{what}: {who} says {stated}, found {found}")

    def require(self, holds: bool, line: str) -> None:
        """Note a contradiction unless something holds."""
        if not holds:
            self.contradictions.append(line)

    def compare_sizes(self, embedding: DualEmbedding, n_matches: int) -> None:
        """Compare numbers of rows and pairs, dimension, type, threshold and the way it was made."""
        c, e = self.certificate, embedding
        for what, stated, found in (
            ("n_queries", c.n_queries, e.n_queries),
            ("n_documents", c.n_documents, e.n_documents),
            ("dim", c.dim, e.dim),
            ("dtype", c.dtype, str(e.dtype)),
            ("n_pairs", c.n_pairs, e.n_queries * e.n_documents),
            ("n_matches", c.n_matches, n_matches),
            ("basis", c.basis, e.basis),
        ):
            self.expect(what, stated, found)
        if c.notion == "row":
            self.expect("threshold", c.threshold, None)
        elif c.threshold is None:
            self.contradictions.append("threshold: the global notion must state one")
        elif e.threshold is not None:
            self.expect("threshold", c.threshold, e.threshold)
        if isinstance(e.query_labels, RowNumbers) or isinstance(e.document_labels, RowNumbers):
            self.not_compared.append("labels (the rows have none of their own)")
        self._compare_words()

    def _compare_words(self) -> None:
        c = self.certificate
        known = _known_kernels()
        self.require(
            str(c.notion) in ("global", "row"), f"notion: the certificate says {c.notion!r}"
        )
        self.require(
            known is None or c.kernel in known, f"kernel: the certificate says {c.kernel!r}"
        )
        is_exact = c.arithmetic == "integer"
        self.require(
            is_exact or c.arithmetic == "float-with-bound",
            f"arithmetic: the certificate says {c.arithmetic!r}",
        )
        self.require(
            c.rounding_bound >= 0 and not (is_exact and c.rounding_bound),
            f"rounding_bound: the certificate says {c.rounding_bound} with {c.arithmetic}",
        )

    def compare_digests(
        self,
        stored: Mapping[str, str],
        target: Hierarchy | Judgments,
        sizes: Sequence[int],
        matches: Callable[[int], Set[int]],
    ) -> None:
        """Compare the digests of arrays, target and relevance; no others may be stated."""
        digests = dict(stored)
        if isinstance(target, Judgments):
            digests["relevance"] = target.sha256
        else:
            digests["hierarchy"] = target.sha256
            self.not_compared.append("names and other labels of the hierarchy")
            if sum(sizes) <= _MOST_WRITTEN_OUT:
                digests["relevance"] = _relevance_digest(sizes, matches, len(target.labels))
            else:
                self.not_compared.append("sha256 of relevance")
        stated = self.certificate.sha256
        for name, digest in digests.items():
            self.expect(f"sha256 of {name}", stated.get(name), digest)
        for name in stated.keys() - digests.keys() - {"relevance"}:
            self.contradictions.append(f"sha256 of {name}: the certificate states one of nothing")

    def compare_description(
        self, stated: Mapping[str, Any], stored: Mapping[str, str], target: Hierarchy | Judgments
    ) -> None:
        """Compare the digests that `embedding.json` states; the rest was read from it."""
        digests = stated["sha256"]
        for name in (digests.keys() | stored.keys()) - {"hierarchy"}:
            self.expect(f"sha256 of {name}", digests.get(name), stored.get(name), "embedding.json")
        others = sorted(stated.keys() - _DESCRIBED)
        if digests.get("hierarchy") != target.sha256:
            others.append("sha256 of another hierarchy")
        self.not_compared += [f"{name} of embedding.json" for name in others]

    def compare_witnesses(
        self,
        rows: ExactRows,
        places: Callable[[Witness], tuple[int | None, int | None]],
        matches: Callable[[int], Set[int]],
    ) -> dict[str, tuple[int, Fraction]]:
        """Compare the scores of the witnesses; return query and exact score of each."""
        c = self.certificate
        found: dict[str, tuple[int, Fraction]] = {}
        for name, witness in (("worst match", c.worst_match), ("best non-match", c.best_other)):
            if witness is None:
                continue
            q, v = places(witness)
            if q is None or v is None:
                self.contradictions.append(f"{name}: its labels are not in the target")
                continue
            score = rows.score(q, v)
            found[name] = q, score
            self.expect(f"{name} score", witness.score, float(score))
            self.expect(f"{name} matches", name == "worst match", v in matches(q))
        self._compare_levels(found)
        return found

    def _compare_levels(self, found: Mapping[str, tuple[int, Fraction]]) -> None:
        c = self.certificate
        if c.notion == "row":
            if len(found) < 2:
                return
            (q, match), (p, other) = found["worst match"], found["best non-match"]
            self.require(p == q, "witnesses: the row notion takes both from one query")
            levels = {"worst match": other, "best non-match": match}
        else:
            if c.threshold is None:
                return
            levels = dict.fromkeys(found, Fraction(c.threshold))
        for name, witness in (("worst match", c.worst_match), ("best non-match", c.best_other)):
            if witness is not None and name in found:
                score, level = found[name][1], levels[name]
                wrong = score <= level if name == "worst match" else score >= level
                self.expect(f"{name} level", witness.level, float(level))
                self.expect(f"{name} violates", witness.violates, wrong)

    def compare_presence(self, sizes: Sequence[int], n_documents: int) -> None:
        """Compare which witnesses there are with the numbers of matches of the queries."""
        c = self.certificate
        if c.notion == "row":
            has = any(0 < size < n_documents for size in sizes)
            expected = {"worst match": has, "best non-match": has}
        else:
            expected = {
                "worst match": any(sizes),
                "best non-match": any(size < n_documents for size in sizes),
            }
        for name, witness in (("worst match", c.worst_match), ("best non-match", c.best_other)):
            if (witness is not None) != expected[name]:
                there = "none" if witness is None else "one"
                self.contradictions.append(f"{name}: the certificate names {there}")

    def compare_outcome(self, seen: Seen, *, whole: bool) -> None:
        """Compare counts, margins and the verdict with what was seen."""
        c = self.certificate
        self._compare_count("n_violations", c.n_violations, seen.n_violations, whole)
        self._compare_count(
            "n_violating_queries", c.n_violating_queries, seen.n_violating_queries, whole
        )
        self.require(
            (c.n_violations > 0) == (c.n_violating_queries > 0)
            and c.n_violating_queries <= min(c.n_violations, c.n_queries),
            f"n_violating_queries: the certificate says {c.n_violating_queries} queries with "
            f"{c.n_violations} violations",
        )
        expected = "fails" if c.n_violations else "undecided" if c.n_undecided else "holds"
        self.expect("verdict", c.verdict, expected)
        self._compare_margins(seen, whole)
        if not whole:
            self.not_compared += [f"{name} beyond the sample" for name in _NOT_SAMPLED]

    def _compare_count(self, name: str, stated: int, found: int, whole: bool) -> None:
        c = self.certificate
        if whole and not c.n_undecided:
            self.expect(name, stated, found)
        elif found > stated + c.n_undecided or (whole and found < stated):
            part = "" if whole else " in a sample of the queries"
            self.contradictions.append(
                f"{name}: the certificate says {stated}, found {found}{part}"
            )

    def _compare_margins(self, seen: Seen, whole: bool) -> None:
        c = self.certificate
        found = seen.margin(c.notion, c.threshold)
        stated = c.margin_lower_bound
        if stated is None:
            self.require(not whole or found is None, "margin_lower_bound: the certificate has none")
        elif found is None:
            self.require(not whole, f"margin_lower_bound: no margin bounds the {stated} stated")
        elif Fraction(stated) > found:
            self._contradict_margin("margin_lower_bound", stated, found)
        bound = c.normalized_margin_lower_bound
        unit = seen.unit_margin(c.notion, c.threshold, whole=whole)
        if bound is None:
            return
        if seen.has_zero_row:
            self.contradictions.append(
                f"normalized_margin_lower_bound: the certificate says {bound}, but a row of length "
                "zero has no direction"
            )
        elif unit is not None and Fraction(bound) > unit + _SLACK:
            self._contradict_margin("normalized_margin_lower_bound", bound, unit)
        elif unit is None:
            self.require(not whole, f"normalized_margin_lower_bound: nothing bounds {bound}")

    def _contradict_margin(self, name: str, stated: float, found: Fraction) -> None:
        self.contradictions.append(
            f"{name}: the certificate says {stated}, found no more than {float(found):.6g}"
        )

    def compare_extremes(
        self, found: Mapping[str, tuple[int, Fraction]], seen: Seen, rows: ExactRows
    ) -> None:
        """Compare the witnesses with the extremes of all pairs, up to the rounding of float64."""
        slack = 4 * _float64_error(rows)
        if self.certificate.notion == "row":
            if len(found) == 2 and seen.gap is not None:
                gap = found["worst match"][1] - found["best non-match"][1]
                self.require(
                    gap <= seen.gap + slack,
                    f"witnesses: they are {float(gap):.6g} apart, another query's "
                    f"{float(seen.gap):.6g}",
                )
            return
        for name, extreme, sign in (
            ("worst match", seen.worst, 1),
            ("best non-match", seen.best, -1),
        ):
            if name == "best non-match" and self.certificate.chain:
                self.not_compared.append("best_other as the extreme of all pairs")
                continue  # of the pairs that were scored, where the earlier extreme is gone
            if name in found and extreme is not None:
                self.require(
                    sign * (found[name][1] - extreme) <= slack,
                    f"{name}: it scores {float(found[name][1]):.6g}, another {float(extreme):.6g}",
                )


def _float64_error(rows: ExactRows) -> Fraction:
    """Bound how far a score of float64 is from the exact one: (d + 2) 2^-53 |q| |x|, and a little.

    The witnesses are the extremes of such scores.
    """
    one = 2**LENGTH_BITS
    x = max(map(length, rows.documents))
    n, d = rows.queries.shape
    longest = Fraction(0)
    for q in range(n):
        row, unit = rows.query(q)
        longest = max(longest, Fraction(length(row) + 1, one) * unit)
    bound: Fraction = (d + 4) * (longest * Fraction(x + 1, one) / 2**52 + Fraction(1, 2**1060))
    return bound


def _relevance_digest(
    sizes: Sequence[int], matches: Callable[[int], Set[int]], n_documents: int
) -> str:
    """Return the digest of who matches what: sizes, where each row starts, sorted documents."""
    digest = sha256(f"{len(sizes)} {n_documents}\n".encode())
    starts = accumulate(sizes, initial=0)
    digest.update(b"".join(start.to_bytes(8, "little") for start in starts))
    for query in range(len(sizes)):
        digest.update(b"".join(v.to_bytes(4, "little") for v in sorted(matches(query))))
    return digest.hexdigest()


def _known_kernels() -> list[str] | None:
    """Return the kernels that the schema of certificates knows."""
    text = (resources.files("hrgeom") / "schemas" / "certificate.schema.json").read_text("utf-8")
    known: list[str] | None = json.loads(text)["properties"]["kernel"].get("enum")
    return known
