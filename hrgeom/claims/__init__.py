"""Claims of four papers and of hrgeom itself, with recomputed evidence and verdicts."""

from hrgeom.claims._checking import Checked, ProofState, check, proof_states
from hrgeom.claims._claim import Claim, ClaimVerdict, Evidence, verdict_of
from hrgeom.claims._page import claims_page, claims_table, one_claim
from hrgeom.claims._registry import CLAIMS, find

__all__ = [
    "CLAIMS",
    "Checked",
    "Claim",
    "ClaimVerdict",
    "Evidence",
    "ProofState",
    "check",
    "claims_page",
    "claims_table",
    "find",
    "one_claim",
    "proof_states",
    "verdict_of",
]
