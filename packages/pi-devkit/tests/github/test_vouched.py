from __future__ import annotations

from pathlib import Path

from pi_devkit.vouch import TrustList


def test_the_list_of_this_repository_is_right_and_sorted() -> None:
    text = (Path(__file__).parents[4] / ".github" / "VOUCHED.td").read_text("utf-8")
    assert TrustList.parse(text).text() == text
