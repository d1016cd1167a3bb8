from __future__ import annotations

import pytest

from pi_autonomous_session_control.mirror import command_key, error_signature
from pi_autonomous_session_control.mirror._normal import outcome_digest


@pytest.mark.parametrize(
    ("command", "key"),
    [
        ("sleep 10", "sleep N"),
        ("cat /home/me/project/a.py", "cat PATH/a.py"),
        ("curl x?t=2026-11-21T10:11:12Z", "curl x?t=TS"),
        ("rm 0a1b2c3d-1111-2222-3333-444455556666", "rm UUID"),
        ("rg  TODO\n src", "rg TODO src"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_command_without_what_differs(command: str, key: str) -> None:
    assert command_key(command) == key


def test_an_error_without_numbers_and_names() -> None:
    assert error_signature("line 12: \"foo\" is not 'bar'") == error_signature("line 7: \"x\" is not 'y'")
    assert len(error_signature("word " * 100)) <= 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 failed in 0.12s", "1 failed in 3.40s"),
        ("at 2026-01-01 10:00:00 no", "at 2026-01-02 11:30:00 no"),
        ("see /tmp/abc/log", "see /tmp/xyz/log"),
        ("<A at 0x7f001234>", "<A at 0x7f00ffff>"),
        ("\x1b[31mred\x1b[0m", "red"),
    ],
)
def test_the_same_outcome_is_the_same_whenever_it_was(one: str, other: str) -> None:
    assert outcome_digest(one, failed=True) == outcome_digest(other, failed=True)


def test_progress_and_failure_are_other_outcomes() -> None:
    assert outcome_digest("10 %", failed=False) != outcome_digest("20 %", failed=False)
    assert outcome_digest("x", failed=False) != outcome_digest("x", failed=True)
