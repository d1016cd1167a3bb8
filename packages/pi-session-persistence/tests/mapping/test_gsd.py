from __future__ import annotations

import pytest

from pi_session_persistence import InvalidIdError
from pi_session_persistence.mapping import gsd_file_name


@pytest.mark.parametrize(
    ("external_id", "name"),
    [
        ("sess-1_A", "sess-1_A.jsonl"),
        ("a/b", "a_b.jsonl"),
        ("../x.y", "___x_y.jsonl"),
        ("  trimmed\t", "trimmed.jsonl"),
        ("\x1ckept", "_kept.jsonl"),  # Go's TrimSpace leaves it where `str.strip` takes it
        ("日本", "__.jsonl"),
        ("cafe\u0301", "cafe_.jsonl"),
        ("\U0001f469\u200d\U0001f680", "___.jsonl"),
        ("CON", "CON.jsonl"),
    ],
)
def test_names_are_those_of_the_daemon(external_id: str, name: str) -> None:
    assert gsd_file_name(external_id) == name


@pytest.mark.parametrize("external_id", [" ", "\u3000", "a" * 250])
def test_an_id_without_a_usable_name_is_refused(external_id: str) -> None:
    with pytest.raises(InvalidIdError):
        gsd_file_name(external_id)
