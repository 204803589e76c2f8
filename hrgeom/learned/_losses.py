r"""Losses of a batch: differentiable functions of its scores.

Row i has the score :math:`s_{ij} = \langle q_i, x_j\rangle` for column j, and a target t(i), the
column of its own document. O(i) are the *other* columns that match according to the labels: none
for labels "pair". The temperature T divides scores.

.. math::
   \text{softmax:}\quad & \frac1B\sum_i \ln\Bigl(\sum_{j \notin O(i)}
       e^{s_{ij}/T - \ln p_j}\Bigr) - \frac{s_{it}}T + \ln p_t \\
   \text{sampled:}\quad & \frac1B\sum_i \ln\Bigl(e^{s_i/T} + \frac mk \sum_{j \notin O(i)}
       e^{s_{ij}/T}\Bigr) - \frac{s_i}T \\
   \text{sigmoid:}\quad & \frac1B\sum_{i,j} \ln\bigl(1 + e^{\mp(s_{ij}/T + b)}\bigr),
       \quad - \text{ for } j \in \{t(i)\} \cup O(i) \\
   \text{hinge:}\quad & \text{mean over } j \notin \{t(i)\} \cup O(i) \text{ of }
       1 - (s_{it} - s_{ij})/T \text{ where positive}

- *softmax* with the batch's documents as columns, duplicates kept, counts a document as a
  non-match in proportion to its frequency p_j. The logQ correction subtracts ln p_j, from the
  target's score as well; without it the p are 1. Columns without duplicates, further uniform
  columns, or all documents are the same formula.
- *sampled*: k columns drawn uniformly among m stand for all. The bracket is then an unbiased
  estimate of the sum over all documents if O(i) holds the hits of the pair's own document.
- *sigmoid*: T and b are learned with the tables. SigLIP (Zhai et al. 2023, arXiv:2303.15343)
  multiplies by a temperature t = 1/T instead.
"""

from __future__ import annotations

import math

from hrgeom.learned._torch import torch

__all__ = ["hinge", "sampled_softmax", "sigmoid", "softmax"]


def softmax(
    scores: torch.Tensor,
    targets: torch.Tensor,
    *,
    temperature: float,
    others: torch.Tensor | None = None,
    log_q: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the softmax loss.

    Parameters
    ----------
    scores : Tensor of float, shape (B, C)
        Scores of the columns.
    targets : Tensor of int64, shape (B,)
        Column of each row's own document.
    temperature : float
        T, a divisor of the scores.
    others : Tensor of bool, shape (B, C), optional
        Columns left out of the denominator; never a target.
    log_q : Tensor of float, shape (C,), optional
        Logarithm ln p of the frequency of every column's document.

    Returns
    -------
    loss : Tensor of float, shape ()
        Mean over the rows.
    """
    logits = scores / temperature
    if log_q is not None:
        logits = logits - log_q
    if others is not None:
        logits = logits.masked_fill(others, -math.inf)
    return torch.nn.functional.cross_entropy(logits, targets)


def sampled_softmax(
    own: torch.Tensor,
    scores: torch.Tensor,
    *,
    n_documents: int,
    temperature: float,
    others: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the softmax loss over all documents, estimated from uniform columns.

    Parameters
    ----------
    own : Tensor of float, shape (B,)
        Scores of the pairs' own documents.
    scores : Tensor of float, shape (B, k)
        Scores of the drawn documents.
    n_documents : int
        Number of documents m.
    temperature : float
        T, a divisor of the scores.
    others : Tensor of bool, shape (B, k), optional
        Columns that are the pair's own document, or other matches if the labels know them.

    Returns
    -------
    loss : Tensor of float, shape ()
        Mean over the rows.
    """
    # The factor m/k of each of the k columns, as a summand of its logarithm.
    logits = scores / temperature + math.log(n_documents / scores.shape[1])
    if others is not None:
        logits = logits.masked_fill(others, -math.inf)
    # The own document comes in front, with factor 1.
    logits = torch.cat((own[:, None] / temperature, logits), 1)
    return (torch.logsumexp(logits, 1) - logits[:, 0]).mean()


def sigmoid(
    scores: torch.Tensor,
    targets: torch.Tensor,
    *,
    log_temperature: torch.Tensor,
    bias: torch.Tensor,
    others: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the sigmoid loss, summed over columns and averaged over rows.

    Parameters
    ----------
    scores : Tensor of float, shape (B, C)
        Scores of the columns.
    targets : Tensor of int64, shape (B,)
        Column of each row's own document.
    log_temperature, bias : Tensor of float, shape ()
        Logarithm ln T, so that T stays positive, and b.
    others : Tensor of bool, shape (B, C), optional
        Columns other than the target that match.

    Returns
    -------
    loss : Tensor of float, shape ()
        Sum over the columns, mean over the rows.
    """
    logits = scores * torch.exp(-log_temperature) + bias
    is_match = torch.zeros_like(scores, dtype=torch.bool) if others is None else others.clone()
    is_match[torch.arange(len(targets), device=targets.device), targets] = True
    # softplus(-z) = ln(1 + e^-z), with z the logit for matches and minus it for other columns.
    signed = torch.where(is_match, logits, -logits)
    return torch.nn.functional.softplus(-signed).sum() / len(scores)


def hinge(
    scores: torch.Tensor,
    targets: torch.Tensor,
    *,
    temperature: float,
    others: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the hinge loss: the mean shortfall over pairs of target and non-match that fall short.

    Parameters
    ----------
    scores : Tensor of float, shape (B, C)
        Scores of the columns.
    targets : Tensor of int64, shape (B,)
        Column of each row's own document.
    temperature : float
        The desired gap, in units of scores.
    others : Tensor of bool, shape (B, C), optional
        Columns other than the target that match.

    Returns
    -------
    loss : Tensor of float, shape ()
        0 if no pair falls short.
    """
    rows = torch.arange(len(targets), device=targets.device)
    shortfall = 1 - (scores[rows, targets][:, None] - scores) / temperature
    # The mean is over the active pairs only, so that it does not fade as training succeeds.
    active = shortfall > 0
    active[rows, targets] = False
    if others is not None:
        active &= ~others
    return (shortfall * active).sum() / active.sum().clamp(min=1)
