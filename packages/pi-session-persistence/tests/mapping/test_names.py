from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pi_session_persistence import InvalidIdError, canonical, file_name

IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300).filter(
    lambda text: bool(text.strip())
)

#: Ids by which somebody may try to reach another file, or another conversation.
HOSTILE = [
    "../",
    "..",
    ".",
    "/etc/passwd",
    "a/b",
    "a:b",
    "a b",
    "a_b",
    "a\\b",
    " a b",
    "CON",
    "con",
    "NUL.jsonl",
    "COM1",
    "-rf",
    "a\nb",
    "\u202egnp.exe",
    "日本",
    "中国",
    "a" * 10_000,
    "a" * 10_001,
    "Sess",
    "sess",
    "s\u0435ss",  # a Cyrillic letter
    "\uff53\uff45\uff53\uff53",  # full width
    "ﬁ",
    "fi",
    "e",
    "é",
    "a\u200bb",
    "ab",
]


@given(IDS)
@example("\U0001f469\u200d\U0001f680")
def test_a_name_is_short_and_no_file_system_minds_it(external_id: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}-[a-z2-7]{32}\.jsonl", file_name(external_id))


@given(IDS, IDS)
def test_different_ids_have_different_names(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (file_name(one) == file_name(other)) is same


def test_hostile_ids_have_names_of_their_own() -> None:
    assert len({file_name(external_id) for external_id in HOSTILE}) == len(HOSTILE)


def test_names_are_the_same_everywhere_and_for_ever() -> None:
    assert file_name("task-7") == "task-7-afhez2vfvhsrcikq2jjw66hmvm4acmc3.jsonl"
    assert file_name("Täsk/7") == "task-7-h6rw4vax4myqi7mstev24ok6iamtwf75.jsonl"


def test_ids_that_differ_in_normalisation_only_are_one_id() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert canonical(decomposed) == composed
    assert file_name(decomposed) == file_name(composed)


@pytest.mark.parametrize("external_id", ["", " ", "\n\t", "a\0b", "\ud800", "a" * 65_537, "ä" * 40_000])
def test_what_is_no_id_is_refused(external_id: str) -> None:
    with pytest.raises(InvalidIdError):
        file_name(external_id)
