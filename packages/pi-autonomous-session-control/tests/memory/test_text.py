"""Untrusted text."""

from __future__ import annotations

import pytest

from pi_autonomous_session_control.memory import preview, printable
from pi_autonomous_session_control.memory._text import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\rb", r"a\x0db"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("a\u202eb", r"a\u202eb"),
        ("line\n\ttab ü 日本", "line\n\ttab ü 日本"),
    ],
)
def test_what_a_terminal_would_act_on_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_preview_is_one_short_line() -> None:
    assert preview("one\ntwo  three", 9) == "one two …"
    assert preview("\x1b]0;x\x07", 80) == r"\x1b]0;x\x07"


def test_what_can_not_be_stored_is_replaced() -> None:
    assert clean(" a\x00b\ud800c ") == "a\ufffdb\ufffdc"
