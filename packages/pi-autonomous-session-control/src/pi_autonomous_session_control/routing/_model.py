"""The probability of each kind, from features and the weights that training found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pi_autonomous_session_control.routing._data import data

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["probabilities"]


def probabilities(features: Iterable[str]) -> dict[str, float]:
    """Return the probability of each kind, ``unknown`` among them, the likeliest first."""
    model = data()
    sums = list(model.bias)
    for feature in features:
        row = model.weights.get(feature, ())
        for at in range(0, len(row), 2):
            sums[int(row[at])] += row[at + 1]
    top = max(sums)
    parts = [math.exp(value - top) for value in sums]
    total = sum(parts)
    ranked = sorted(zip(model.kinds, parts, strict=True), key=lambda pair: -pair[1])
    return {kind: part / total for kind, part in ranked}
