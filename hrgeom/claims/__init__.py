"""Claims: what four papers and hrgeom itself state, with evidence computed anew and a verdict."""

from hrgeom.claims.checking import Checked, ProofState, check, proof_states
from hrgeom.claims.claim import Claim, Evidence, Verdict, verdict_of
from hrgeom.claims.page import claims_page
from hrgeom.claims.registry import CLAIMS, find

__all__ = [
    "CLAIMS",
    "Checked",
    "Claim",
    "Evidence",
    "ProofState",
    "Verdict",
    "check",
    "claims_page",
    "find",
    "proof_states",
    "verdict_of",
]
