"""The certificate: what was checked, how, and with which result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hrgeom._base.counted import counted
from hrgeom._base.html import html_table
from hrgeom._base.versions import check_version
from hrgeom.checker._field_types import check_field_types
from hrgeom.checker._in_words import in_words
from hrgeom.core import BASES, Basis, Notion
from hrgeom.errors import FormatError

__all__ = ["Certificate", "Verdict", "Witness"]

Verdict = Literal["holds", "fails", "undecided"]
# Format version 1 spells these fields in another way than the class does.
_STORED_NAMES = {"normalized_margin_lower_bound": "normalised_margin_lower_bound"}
_EXIT_CODES: dict[str, int] = {"holds": 0, "fails": 1, "undecided": 3}


@dataclass(frozen=True)
class Witness:
    """The pair nearest to the wrong side, or furthest on it.

    Attributes
    ----------
    query, document : str
        Labels of the pair.
    score : float
        The exact score, rounded once.
    level : float
        What it is compared with: the threshold, or in the row notion the score of the query's
        worst match (best non-match).
    violates : bool
        Whether the exact score is on the wrong side.
    """

    query: str
    document: str
    score: float
    level: float
    violates: bool


@dataclass(frozen=True)
class Certificate:
    """The result of checking every (query, document) pair of an embedding.

    Attributes
    ----------
    verdict : {"holds", "fails", "undecided"}
        Result for the stored numbers. "holds": every match is proved to be on the right side of
        every non-match. "fails": `n_violations` pairs are proved wrong. "undecided": none is
        proved wrong, `n_undecided` pairs are within the rounding bound and exact arithmetic was
        not allowed.
    notion : {"global", "row"}
        One threshold for all queries, or a ranking per query.
    threshold : float or None
        The r that was used (global); matches must exceed it, non-matches stay below.
    n_queries, n_documents, dim : int
        Sizes of the embedding.
    dtype : str
        The stored type of the embedding, such as "float32".
    n_pairs, n_matches : int
        All (query, document) pairs, and those that match.
    n_violations, n_violating_queries : int
        Pairs on the wrong side, and the queries they belong to. Global: a match with score
        <= r, a non-match with score >= r. Row: a non-match with score >= that of the query's
        worst match.
    n_undecided : int
        Pairs within the rounding bound, where exact arithmetic was not allowed.
    n_exact_rechecks : int
        Comparisons that float64 with its bound could not decide and exact arithmetic did, and
        scores computed exactly to find a threshold that the embedding does not state.
    margin_lower_bound : float or None
        Raw eps, half a gap: global min(worst match - r, r - best non-match), row half of the
        least ranking margin; a bound that rounding cannot break. Negative if it fails, None if
        there is no gap to speak of: no query has both matches and non-matches.
    normalized_margin_lower_bound : float or None
        The same after scaling all rows to unit length (global: with the best threshold), to
        0.2 % and a few d times 1e-16; None if that is nothing positive, or if a row has length
        zero (or one below 1e-140 or above 1e140).
    rounding_bound : float
        The largest |float64 score - exact score| that the bound allows; 0 for exact arithmetic.
    arithmetic : {"integer", "float-with-bound"}
        How scores were computed. "integer": no score rounds at all, every sum is exact.
        "float-with-bound": they may round, by `rounding_bound` at most.
    worst_match, best_other : Witness or None
        The extreme pairs, of violating queries if there are any; None if there is none (row
        notion: if no query has both).
    kernel : str
        Name of the kernel that computed the scores.
    threads : int
        How many blocks of queries were scored at the same time.
    seconds : float
        Wall-clock time that checking took.
    sha256 : dict of str
        Digests of the stored arrays, of the relevance and, if it was given, of the hierarchy.
    version : str
        Version of hrgeom that made the certificate.
    basis : {"theorem", "chance", "descent", "certificate"} or None
        How the vectors were made, as the embedding states it, and no part of what is checked.
    stages : dict of str to int, or None
        How many pairs each stage decided: "block" a bound on a block of documents, "int8" integer
        scores of quantized rows, "score" a score in float32 or float64. None: not stated.
    n_unchecked : int or None
        Pairs that were not checked because the run was interrupted; `n_undecided` counts them.
        None: the run came to its end. Of an interrupted run, counts and witnesses speak of the
        pairs that were checked, and margins are None where they are not known.
    chain : dict of str to str, or None
        Digests, by name, of the files that say which earlier certificates this one builds on; the
        last one was written with it. None: all pairs were checked at once.
    """

    verdict: Verdict
    notion: Notion
    threshold: float | None
    n_queries: int
    n_documents: int
    dim: int
    dtype: str
    n_pairs: int
    n_matches: int
    n_violations: int
    n_violating_queries: int
    n_undecided: int
    n_exact_rechecks: int
    margin_lower_bound: float | None
    normalized_margin_lower_bound: float | None
    rounding_bound: float
    arithmetic: str
    worst_match: Witness | None
    best_other: Witness | None
    kernel: str
    threads: int
    seconds: float
    sha256: dict[str, str]
    version: str
    basis: Basis | None = None
    stages: dict[str, int] | None = None
    n_unchecked: int | None = None
    chain: dict[str, str] | None = None

    @property
    def holds(self) -> bool:
        """True if the verdict is `holds`."""
        return self.verdict == "holds"

    @property
    def exit_code(self) -> int:
        """0 holds, 1 fails, 3 undecided."""
        return _EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form.

        Returns
        -------
        data : dict
            In the format that `hrgeom/schemas/certificate.schema.json` describes.
        """
        fields = {_STORED_NAMES.get(name, name): value for name, value in asdict(self).items()}
        for name in ("basis", "stages", "n_unchecked", "chain"):
            if fields[name] is None:  # nor is it in files of earlier versions
                del fields[name]
        return {"format": "hrgeom-certificate", "format_version": 1, **fields}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Certificate:
        """Return the certificate of a JSON form.

        Parameters
        ----------
        data : dict
            A JSON form, as `to_dict` returns it.

        Returns
        -------
        certificate : Certificate
            Equal to the one that `to_dict` was called on.

        Raises
        ------
        FormatError
            If the form is another one, of a newer version than this hrgeom reads, fields are
            missing or unknown, or hold what they cannot.
        """
        names = {stored: name for name, stored in _STORED_NAMES.items()}
        fields = {names.get(stored, stored): value for stored, value in data.items()}
        check_version(
            fields.pop("format", None),
            fields.pop("format_version", None),
            expected=("hrgeom-certificate", 1),
            what="a certificate",
        )
        try:
            for side in ("worst_match", "best_other"):
                if fields[side] is not None:
                    fields[side] = Witness(**fields[side])
            found = cls(**fields)
        except (KeyError, TypeError) as error:
            raise FormatError(
                f"a certificate must have exactly the known fields: {error}"
            ) from None
        if found.basis is not None and found.basis not in BASES:
            raise FormatError(
                f"basis of a certificate must be one of {', '.join(BASES)}: got {found.basis!r}"
            )
        check_field_types(found, "a certificate")
        for witness in filter(None, (found.worst_match, found.best_other)):
            check_field_types(witness, "a witness of a certificate")
        return found

    def in_words(self, names: Mapping[str, str] | None = None) -> str:
        """Return what it says in two or three plain sentences, a line each.

        Parameters
        ----------
        names : mapping of str to str, optional
            Label -> name, which is shown beside a label that is mentioned. Default: none are.

        Returns
        -------
        text : str
            How many queries are right; the tightest call, or an example of what is wrong; and,
            where it holds, how the vectors are to be used. `print` shows all details instead.

        Examples
        --------
        >>> from hrgeom import Hierarchy, construct
        >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
        >>> print(construct(h).certificate.in_words())
        Every one of 3 queries retrieves exactly its ancestors and itself.
        Tightest call: query 'dog' retrieves 'dog' at a score of 0.333333.
        Use: score > 0.
        """
        return in_words(self, names or {})

    def __repr__(self) -> str:
        threshold = "" if self.threshold is None else f", threshold {self.threshold:.9g}"
        return (
            f"Certificate({self.verdict}: {self.n_violations:,} violations in {self.n_pairs:,} "
            f"pairs, {self.notion} notion{threshold}, d = {self.dim}, {self.dtype})"
        )

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        margin = self.margin_lower_bound
        unit = self.normalized_margin_lower_bound
        return html_table(
            f"{self.verdict.upper()} ({self.notion} notion)",
            [
                ("pairs checked", self.n_pairs),
                ("pairs that match", self.n_matches),
                ("violations", self.n_violations),
                ("undecided", self.n_undecided),
                ("dimension, stored type", f"{self.dim}, {self.dtype}"),
                ("threshold", "none" if self.threshold is None else f"{self.threshold:.9g}"),
                ("margin, at least", "none" if margin is None else f"{margin:.4g}"),
                ("margin of unit rows, at least", "none" if unit is None else f"{unit:.4g}"),
                ("vectors by", self.basis or "not stated"),
            ],
        )

    def __str__(self) -> str:
        lines = [
            f"{self.verdict.upper()}: {counted(self.n_violations, 'violation')} in "
            f"{counted(self.n_pairs, 'pair')} "
            f"({self.n_matches:,} match), {self.notion} notion"
            + (f", by {self.basis}" if self.basis not in (None, "certificate") else ""),
            f"  d = {self.dim}, {self.dtype}, "
            + (f"threshold {self.threshold:.9g}, " if self.threshold is not None else "")
            + self._margin_text(),
            f"  arithmetic {self.arithmetic}, rounding bound {self.rounding_bound:.2g}, "
            f"{counted(self.n_exact_rechecks, 'exact recheck')}",
        ]
        unchecked = self.n_unchecked or 0
        if self.n_unchecked is not None:
            n_checked = self.n_pairs - unchecked
            lines.append(f"  interrupted after {n_checked:,} of {self.n_pairs:,} pairs")
        if self.n_undecided > unchecked:
            n_near = self.n_undecided - unchecked
            pairs = counted(n_near, "pair")
            lines.append(f"  {pairs} undecided (exact arithmetic not allowed)")
        for name, sign, witness in (
            ("worst match", "<=" if self._wrong(self.worst_match) else ">", self.worst_match),
            ("best non-match", ">=" if self._wrong(self.best_other) else "<", self.best_other),
        ):
            if witness is not None:
                lines.append(
                    f"  {name}: query {witness.query!r}, document {witness.document!r}: "
                    f"score {witness.score:.9g} {sign} {witness.level:.9g}"
                    + ("  WRONG" if witness.violates else "")
                )
        lines.append(
            f"  kernel {self.kernel}, threads {self.threads}, {self.seconds:.1f} s"
            + self._stages_text()
        )
        return "\n".join(lines)

    @staticmethod
    def _wrong(witness: Witness | None) -> bool:
        return witness is not None and witness.violates

    def _stages_text(self) -> str:
        """Return what filters decided, or nothing if they decided nothing."""
        shares = {name: n / self.n_pairs for name, n in (self.stages or {}).items()}
        names = {"block": "by blocks of documents", "int8": "by int8 scores"}
        said = [f"{shares[name]:.2%} {how}" for name, how in names.items() if shares.get(name)]
        return f"; pairs decided {', '.join(said)}" if said else ""

    def _margin_text(self) -> str:
        if self.margin_lower_bound is None and self.n_unchecked:
            return "margin not known yet"
        if self.margin_lower_bound is None:
            return "no margin: no query has both matches and non-matches"
        text = f"margin >= {self.margin_lower_bound:.4g}"
        if self.normalized_margin_lower_bound is not None:
            text += f" (unit rows: >= {self.normalized_margin_lower_bound:.4g})"
        return text
