"""Claims of four papers and of hrgeom itself, with recomputed evidence and verdicts."""

from hrgeom.claims._checking import Checked, ProofState, check, proof_states
from hrgeom.claims._claim import Basis, Claim, ClaimVerdict, Evidence, verdict_of
from hrgeom.claims._page import claims_index, claims_page, claims_table, one_claim
from hrgeom.claims._registry import CLAIMS, SOURCES, find

__all__ = [
    "CLAIMS",
    "SOURCES",
    "Basis",
    "Checked",
    "Claim",
    "ClaimVerdict",
    "Evidence",
    "ProofState",
    "check",
    "claims_index",
    "claims_page",
    "claims_table",
    "find",
    "one_claim",
    "proof_states",
    "verdict_of",
]
