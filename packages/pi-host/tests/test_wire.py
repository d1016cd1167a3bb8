"""Frames, and bytes cut into lines."""

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_host._codec import decode
from pi_host._errors import WireError
from pi_host._wire import ABSENT, Splitter, parse

LINES = st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"\r")), max_size=12)


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


def split(chunks: Iterable[bytes], splitter: Splitter) -> list[bytes]:
    return [line for chunk in chunks for line in splitter.feed(chunk)]


@given(LINES, st.lists(st.integers(0, 10_000)))
def test_lines_come_out_the_same_however_the_stream_is_cut(lines: list[bytes], places: list[int]) -> None:
    splitter = Splitter()
    stream = b"".join(line + b"\n" for line in lines)

    assert split(cut(stream, places), splitter) == [line for line in lines if line]
    assert splitter.pending == splitter.oversized == 0


@given(LINES, st.lists(st.integers(0, 10_000)), st.integers(1, 20))
def test_an_oversized_line_is_dropped_and_counted_while_the_others_survive(
    lines: list[bytes], places: list[int], limit: int
) -> None:
    splitter = Splitter(limit)
    stream = b"".join(line + b"\n" for line in lines)

    assert split(cut(stream, places), splitter) == [line for line in lines if 0 < len(line) <= limit]
    assert splitter.oversized == sum(len(line) > limit for line in lines)


@given(st.binary(min_size=1, max_size=50).filter(lambda tail: b"\n" not in tail), st.lists(st.integers(0, 100)))
def test_a_line_that_has_not_ended_is_held_back_and_counted(tail: bytes, places: list[int]) -> None:
    splitter = Splitter()

    assert split(cut(b"one\n" + tail, places), splitter) == [b"one"]
    assert splitter.pending == len(tail)
    assert split([b"\n"], splitter) == [tail]


def test_an_oversized_line_does_not_pile_up_in_memory() -> None:
    splitter = Splitter(limit=10)

    for _ in range(1000):
        assert list(splitter.feed(b"x" * 1000)) == []

    assert sum(map(len, splitter._parts)) <= 10
    assert list(splitter.feed(b"\nshort\n")) == [b"short"]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\r", "\x0b", "\x0c", "\x1c"])
def test_only_lf_ends_a_line(separator: str) -> None:
    line = json.dumps({"m": "x", "p": f"a{separator}b"}, ensure_ascii=False).encode()

    assert list(Splitter().feed(line + b"\n")) == [line]


def test_a_frame_keeps_its_values_undecoded() -> None:
    frame = parse(b'{"id":7,"m":"event","n":"input","g":2,"p":{"a":[1]},"c":{"mode":"rpc"}}')

    assert (frame.id, frame.m, frame.n, frame.g) == (7, "event", "input", 2)
    assert decode(frame.p) == {"a": [1]}
    assert decode(frame.c) == {"mode": "rpc"}
    assert frame.r is ABSENT
    assert frame.e is ABSENT


def test_null_is_told_apart_from_absent() -> None:
    assert parse(b'{"id":1,"r":null}').r is not ABSENT
    assert parse(b'{"id":1}').r is ABSENT


def test_members_from_a_newer_bridge_are_skipped() -> None:
    assert parse(b'{"m":"ping","later":{"x":[1]}}').m == "ping"


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_text_of_javascript_crosses_in_a_frame(text: str) -> None:
    line = json.dumps({"id": 3, "m": "event", "p": {text: [text]}, "e": {"message": text}}).encode()

    frame = parse(line)

    assert (frame.id, frame.m) == (3, "event")
    assert decode(frame.p) == {text: [text]}
    assert decode(frame.e) == {"message": text}


def test_a_lone_surrogate_in_a_name_does_not_cost_the_frame() -> None:
    frame = parse(rb'{"id":3,"m":"tool","n":"x\ud800","p":{"y":"\udfff"}}')

    assert (frame.id, frame.n) == (3, "x\ud800")
    assert decode(frame.p) == {"y": "\udfff"}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[]",
        b"3",
        b"null",
        b'"text"',
        b'{"id":"seven"}',
        b'{"m":null}',
        b'{"m":5}',
        b'{"id":1.5}',
        b'{"m":"x"',
        b'{"m":"x","p":nul}',
        b'{"m":"x","p":[1,}',
        b'{"m":"\xff"}',
        b'{"m":"x","p":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"m":"x"}{"m":"y"}',
    ],
    ids=lambda line: repr(line[:20]),
)
def test_what_is_no_frame_is_refused(line: bytes) -> None:
    with pytest.raises(WireError):
        parse(line)


def test_the_refusal_quotes_the_beginning_of_the_line() -> None:
    with pytest.raises(WireError, match=r"not a frame .*'\[1, 2, 3\]'"):
        parse(b"[1, 2, 3]")
