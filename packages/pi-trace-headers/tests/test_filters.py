from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers._errors import TraceError
from pi_trace_headers._filters import filter_of

if TYPE_CHECKING:
    import uuid

SESSION = "01970000-0000-7000-8000-00000000ABCD"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sha256:8", "abc", "ba7816bf"),
        ("hex32", SESSION, "0197000000007000800000000000abcd"),
        ("hex32", "abc", "ba7816bf8f01cfea414140de5dae2223"),
        ("hex16", "00f067aa0ba902b7", "00f067aa0ba902b7"),
        ("hex16", SESSION, "bf932a81b09e8533"),
        ("slug", "  Über Größe: v1.2!  ", "uber-groe-v1-2"),
        ("json", 'say "hi"\n\u2028', '"say \\"hi\\"\\n\\u2028"'),
        ("urlencode", "a b/ü", "a%20b%2F%C3%BC"),
        ("trunc:3", "abcdef", "abc"),
        ("ascii", "Ünï\r\ncode 日本", "Unicode "),
        ("uuid5", "", "899d9a8b-1a21-57e5-9d85-4d478472e4df"),
    ],
)
def test_a_filter_gives(name: str, value: str, expected: str) -> None:
    assert filter_of(name)(value) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("md5", "there is no filter 'md5'"),
        ("", "there is no filter ''"),
        ("slug:3", "filter 'slug' takes no number"),
        ("trunc", "filter 'trunc' needs a number from 1 to 1024"),
        ("trunc:0", "filter 'trunc:0' needs a number"),
        ("trunc:-1", "filter 'trunc:-1' needs a number"),
        ("trunc:9999", "filter 'trunc:9999' needs a number"),
        ("trunc:٣", "filter 'trunc:٣' needs a number"),
        ("sha256:65", "filter 'sha256:65' needs a number from 1 to 64"),
    ],
)
def test_a_filter_that_is_none_is_named(text: str, message: str) -> None:
    with pytest.raises(TraceError, match=re.escape(message)):
        filter_of(text)


@given(st.text())
def test_what_filters_give_can_be_sent(value: str) -> None:
    for name in ("ascii", "slug", "json", "urlencode", "uuid5", "sha256", "hex16", "hex32"):
        assert re.fullmatch(r"[\x20-\x7e]*", filter_of(name)(value))


@given(st.text())
def test_json_and_urlencode_lose_nothing(value: str) -> None:
    assert json.loads(filter_of("json")(value)) == value
    assert unquote(filter_of("urlencode")(value), errors="strict") == value


@given(st.text(), st.integers(1, 1024))
def test_trunc_is_never_longer(value: str, length: int) -> None:
    assert len(filter_of(f"trunc:{length}")(value)) == min(length, len(value))


@given(st.uuids())
def test_a_uuid_is_its_own_32_digits(value: uuid.UUID) -> None:
    assert filter_of("hex32")(str(value)) == value.hex
