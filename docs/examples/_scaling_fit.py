"""Least squares on the rows of benchmarks/margin_scaling.py, with errors of rows left out."""

import numpy as np


def holding(rows, effort=1.0):
    """Return the rows of an effort that hold."""
    return [row for row in rows.values() if row["margin"] and row.get("effort", 1.0) == effort]


def load_of(row):
    """Return sqrt(s log2(n) / d), s being the mean of |S(q)|."""
    return np.sqrt(row["mean_matches"] * np.log2(row["n_nodes"]) / row["dim"])


def fit(rows, *terms):
    """Return coefficients of the margin on terms, and the errors of rows that are left out.

    The first coefficient is the constant. Each error is that of a fit to all other rows.
    """
    margins = np.array([row["margin"] for row in rows])
    design = np.array([[1.0, *(term(row) for term in terms)] for row in rows])
    inverse = np.linalg.pinv(design)
    found = inverse @ margins
    leverage = np.einsum("ij,ji->i", design, inverse)
    return found, (margins - design @ found) / (1 - leverage)


def descent_rows(rows, best):
    """Return one float32 row per hierarchy and dimension of benchmarks/descent.py, its median."""
    found = []
    for hierarchy in dict.fromkeys(row["hierarchy"] for row in rows.values()):
        for (kind, dim), seeds in best(rows, hierarchy).items():
            margins = [row["margin"] for row in seeds if row["verdict"] == "holds"]
            if kind == "float32" and len(margins) == len(seeds) and None not in margins:
                n = seeds[0]["n_nodes"]
                found.append(
                    {
                        "hierarchy": hierarchy,
                        "n_nodes": n,
                        "dim": dim,
                        "mean_matches": seeds[0]["certificate"]["n_matches"] / n,
                        "margin": float(np.median(margins)),
                    }
                )
    return found
