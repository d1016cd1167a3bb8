"""The probability of each kind, from features and the weights that training found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pi_autonomous_session_control.routing._data import data

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["probabilities"]


def probabilities(features: Iterable[str], among: Collection[str]) -> dict[str, float]:
    """Return the probability of each kind, the likeliest first.

    Args:
        features: what the query has.
        among: the kinds that come into question; the others are not in the result.
    """
    model = data()
    sums = list(model.bias)
    for feature in features:
        row = model.weights.get(feature, ())
        for at in range(0, len(row), 2):
            sums[int(row[at])] += row[at + 1]
    chosen = [(kind, value) for kind, value in zip(model.kinds, sums, strict=True) if kind in among]
    top = max(value for _, value in chosen)
    parts = [(kind, math.exp(value - top)) for kind, value in chosen]
    total = sum(part for _, part in parts)
    return {kind: part / total for kind, part in sorted(parts, key=lambda pair: -pair[1])}
