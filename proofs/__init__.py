"""Machine-checked proofs, one statement a file; `python -m proofs` checks them all."""
