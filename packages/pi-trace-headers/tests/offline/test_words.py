from __future__ import annotations

import pytest

from pi_trace_headers.offline._words import amount, dollars, seconds


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0 ms"), (85e6, "85 ms"), (1.25e9, "1.25 s"), (12.5e9, "12.5 s"), (185e9, "3 m 05 s"), (7800e9, "2 h 10 m")],
)
def test_durations(nanoseconds: float, text: str) -> None:
    assert seconds(int(nanoseconds)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1200, "1.2k"), (34_000, "34k"), (999_999, "1000k"), (1_200_000, "1.2M"), (5e12, "5000G")],
)
def test_amounts(count: float, text: str) -> None:
    assert amount(int(count)) == text


@pytest.mark.parametrize(("cost", "text"), [(0.00123, "$0.0012"), (1.234, "$1.23"), (1234.5, "$1,234.50")])
def test_prices(cost: float, text: str) -> None:
    assert dollars(cost) == text
