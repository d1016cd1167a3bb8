from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence.catalogue import Catalogue, Places
from pi_session_persistence.export import draw_stats

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., str]:
    """The page about these sessions."""

    def draw(*tales: Tale) -> str:
        for tale in tales:
            tale.write(tmp_path / "sessions" / f"{tale.session_id}.jsonl")
        with Catalogue(tmp_path / "c.sqlite3") as catalogue:
            catalogue.refresh(Places((tmp_path / "sessions",)))
            return "".join(draw_stats(catalogue.sums(), catalogue.sessions(), "All sessions"))

    return draw


def spending(days: int, model: str = "one") -> Tale:
    tale = Tale(f"{model}-{days}", at=BEGIN_MS + days * DAY_MS)
    tale.turn("x", "y", cost=0.5 + days, model=model)
    return tale


def test_each_day_and_model_has_its_bar(page: Callable[..., str]) -> None:
    out = page(spending(0), spending(1), spending(1, "two"))
    titles = re.findall(r"<title>(2026[^<]*)</title>", out)
    assert titles[:3] == [
        "2026-03-01 · scripted/one: $0.50",
        "2026-03-02 · scripted/one: $1.50",
        "2026-03-02 · scripted/two: $1.50",
    ]
    assert "<dt>cost</dt><dd>$3.50</dd>" in out


@pytest.mark.parametrize(("days", "bars"), [(90, 2), (300, 2), (4000, 2)])
def test_long_times_are_drawn_by_week_or_month(page: Callable[..., str], days: int, bars: int) -> None:
    out = page(spending(0), spending(days))
    assert len(re.findall(r'<rect class="s\d" x=', out)) == 2 * bars


def test_many_models_share_a_colour(page: Callable[..., str]) -> None:
    out = page(*(spending(number, f"model-{number}") for number in range(9)))
    assert "others</li>" in out
    assert out.count('class="key"') == 6


def test_nothing_spent_is_told(page: Callable[..., str]) -> None:
    assert "nothing was spent yet" in page()


def test_names_of_models_stay_text(page: Callable[..., str]) -> None:
    out = page(spending(0, "<script>alert(1)</script>"))
    assert out.count("<script") == 1
