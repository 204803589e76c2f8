"""What takes seconds and is left out by `make quick`, although it says nothing less for that."""

SLOW = (
    "tests/proofs/test_proofs.py::test_no_sign_can_change",
    "tests/claims/test_claims.py::test_claim_is_what_it_is_declared_to_be",
    "tests/constructions/test_real_hierarchies.py",
    "tests/docs/test_figures.py",
)
"""Files, or functions of theirs: all their cases. The marker `slow` says it of a single one."""


def is_slow(node: str) -> bool:
    """Whether the identifier of a test is among them."""
    return node.partition("[")[0] in SLOW or node.partition("::")[0] in SLOW
