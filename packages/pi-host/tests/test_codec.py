"""JSON in and out, with everything a JavaScript string may hold."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_host._codec import decode, decode_as, encode
from pi_host._errors import WireError


def javascript(text: str) -> str:
    """Return text as JavaScript has it: two surrogates in a row that make a pair are one character there."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


#: Lone surrogates are included.
TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\ud800\udfff\u2028\u2029\n\r\0\x85")).map(
    javascript
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@given(JSON)
def test_what_was_encoded_decodes_to_the_same_value(value: object) -> None:
    assert decode(encode(value)) == value


@given(JSON)
def test_encoded_data_is_one_line_of_utf8_that_any_json_parser_reads(value: object) -> None:
    line = encode(value)

    assert b"\n" not in line
    assert json.loads(line.decode("utf-8")) == value


def test_two_surrogates_that_make_a_pair_are_one_character_as_in_javascript() -> None:
    assert decode(encode("\ud83d\ude00")) == "\U0001f600"


def test_a_lone_surrogate_is_escaped_because_utf8_cannot_hold_it() -> None:
    assert encode("cut \ud83d") == rb'"cut \ud83d"'


def test_an_escaped_lone_surrogate_is_kept() -> None:
    assert decode(rb'"cut \ud83d"') == "cut \ud83d"


@pytest.mark.parametrize("data", [b"", b"{", b"nul", b'"\xff"', b"[1,]", b"1 2", b"[" * 100_000 + b"]" * 100_000])
def test_what_is_not_json_is_refused(data: bytes) -> None:
    with pytest.raises(WireError, match="not JSON"):
        decode(data)


@pytest.mark.parametrize("value", [object(), {"a": print}, {(1, 2): 3}, {None: 1}, nested(100_000)], ids=lambda _: "")
@pytest.mark.parametrize("beside", ["plain", "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object, beside: str) -> None:
    with pytest.raises(WireError, match="not JSON data"):
        encode([value, beside])


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(WireError, match="not JSON data"):
        encode(endless)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_have_becomes_null_or_is_refused_but_never_breaks_the_line(number: float) -> None:
    assert encode([number]) == b"[null]"
    with pytest.raises(WireError):
        encode([number, "\ud800"])


class Typed(msgspec.Struct, rename="camel"):
    tool_name: str
    input: dict[str, Any]


DECODER = msgspec.json.Decoder(Typed)


def test_typed_data_is_decoded_under_pis_own_keys() -> None:
    typed = decode_as(DECODER, b'{"toolName": "bash", "input": {}, "later": 1}')

    assert typed == Typed("bash", {})


def test_typed_data_may_hold_lone_surrogates() -> None:
    typed = decode_as(DECODER, rb'{"toolName": "bash", "input": {"command": "\udc00"}}')

    assert typed == Typed("bash", {"command": "\udc00"})


def test_a_raw_part_of_a_frame_is_decoded_like_bytes() -> None:
    raw = msgspec.Raw(rb'{"toolName": "\ud800", "input": {}}')

    assert decode(raw) == {"toolName": "\ud800", "input": {}}
    assert decode_as(DECODER, raw) == Typed("\ud800", {})


@pytest.mark.parametrize("data", [b'{"toolName": 3, "input": {}}', b'{"input": {}}', rb'{"toolName": "\ud800"}'])
def test_typed_data_of_another_shape_is_told_apart_from_what_is_no_json(data: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_as(DECODER, data)


@pytest.mark.parametrize("data", [b"{", b'{"toolName": "\xff", "input": {}}', b'{"input":{"a":' + b"[" * 100_000])
def test_typed_data_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(WireError, match="not JSON"):
        decode_as(DECODER, data)
