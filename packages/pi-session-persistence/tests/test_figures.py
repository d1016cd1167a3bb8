from __future__ import annotations

import pytest

from pi_session_persistence._figures import dollars, iso, local, many, share, short


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "$0.00"), (0.0012, "$0.0012"), (0.01, "$0.01"), (1234.5, "$1,234.50")]
)
def test_amounts(value: float, expected: str) -> None:
    assert dollars(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(0, "0"), (999, "999"), (1250, "1.25 k"), (2e6, "2 M"), (3e9, "3 G")])
def test_short_numbers(value: float, expected: str) -> None:
    assert short(value) == expected


def test_numbers_of_things() -> None:
    assert (many(1, "session"), many(2000, "session")) == ("1 session", "2,000 sessions")


def test_shares() -> None:
    assert (share(1, 3), share(1, 0)) == ("33 %", "-")


@pytest.mark.parametrize("at", [None, 10**20, -(10**20)])
def test_a_time_that_no_calendar_has_is_none(at: int | None) -> None:
    assert (iso(at), local(at)) == (None, "-")


def test_times_are_those_of_utc_for_programs() -> None:
    assert iso(1_772_359_200_123) == "2026-03-01T10:00:00.123Z"
