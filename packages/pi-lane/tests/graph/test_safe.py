from __future__ import annotations

import pytest

from pi_lane.graph import many_lines, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\t c", "a b c"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("\x9b2J", "\\x9b2J"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("日本語", "日本語"),
    ],
)
def test_what_a_terminal_would_act_on_is_written_as_an_escape(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_a_long_text_is_cut_and_says_so() -> None:
    assert one_line("word " * 100, 10) == "word word…"


def test_a_text_that_just_fits_is_not_cut() -> None:
    assert one_line("0123456789", 10) == "0123456789"


def test_an_escape_counts_as_long_as_it_is() -> None:
    assert len(one_line("\x1b" * 100, 20)) == 20


def test_lines_stay_and_the_rest_is_counted() -> None:
    assert many_lines("a\r\n\tb\x1bc" + "d" * 10, 8) == "a\n    b\\x1bcd… (9 more characters)"
