from __future__ import annotations

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers._identity import (
    Identity,
    TraceParent,
    derive_span_id,
    derive_trace_id,
    format_traceparent,
    new_span_id,
    new_trace_id,
    parse_traceparent,
    read_environment,
    sha256,
    uuid5,
    write_environment,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


# Worked out with Node's crypto and with sha256sum, and written down: they must be the same everywhere and for ever.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "/home/ada/.pi/agent/sessions/--work--/2026-01-02T03-04-05-678Z_0197.jsonl",
            "ca9350eb-99b9-582c-a16f-a86c94373704",
        ),
        ("pi-proc-4711-123456789", "7ee6f6dd-b3df-5b6d-a095-91a0d90b577e"),
        ("/日本/s.jsonl", "e5364f71-4076-5e9d-a78f-b209a9a425bb"),
        ("", "899d9a8b-1a21-57e5-9d85-4d478472e4df"),
    ],
)
def test_opper_ids_are_golden(name: str, expected: str) -> None:
    assert uuid5(name) == expected


@given(st.text())
def test_opper_ids_are_version_5_uuids_in_opper_s_namespace(name: str) -> None:
    assert uuid5(name) == str(uuid.uuid5(uuid.UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), name))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("01970000-0000-7000-8000-000000000000", "d9af0f656bcbd9eb0c05b54f7e5180c1"),
        ("01970000-0000-7000-8000-000000000000/0a1b2c3d", "492a999d42a8eca9d3e3ab1610751235"),
        ("", "d8a9568f8de423d66ef2cad4276ef77b"),
    ],
)
def test_trace_ids_are_golden(key: str, expected: str) -> None:
    assert derive_trace_id(key) == expected


def test_a_trace_id_is_the_first_half_of_a_hash() -> None:
    assert derive_trace_id("x") == hashlib.sha256(b"pi-trace-headers/trace\0x").hexdigest()[:32]


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        ("session", "01970000-0000-7000-8000-000000000000", "cd987e03ccfc38b4"),
        ("chat", "01970000-0000-7000-8000-000000000000/0a1b2c3d/0", "7c45db196c7cc01e"),
        ("tool", "call_1", "476d67440f8ef266"),
    ],
)
def test_span_ids_are_golden(kind: str, key: str, expected: str) -> None:
    assert derive_span_id(TRACE, kind, key) == expected


@given(st.text(), st.text())
def test_different_keys_have_different_ids(one: str, other: str) -> None:
    assert (derive_trace_id(one) == derive_trace_id(other)) == (one == other)


def test_a_lone_surrogate_in_a_path_is_no_problem() -> None:
    assert len(derive_trace_id("\udcff")) == 32
    assert uuid.UUID(uuid5("\udcff")).version == 5
    assert len(sha256("\udcff")) == 64


def test_random_ids_are_hex_of_the_right_size_and_not_the_same_twice() -> None:
    assert int(new_span_id(), 16)
    assert (len(new_span_id()), len(new_trace_id())) == (16, 32)
    assert len({new_span_id() for _ in range(100)}) == 100


def test_a_traceparent_is_read() -> None:
    assert parse_traceparent(f"00-{TRACE}-{SPAN}-01") == TraceParent(TRACE, SPAN, sampled=True)
    assert parse_traceparent(f" 00-{TRACE}-{SPAN}-00\n") == TraceParent(TRACE, SPAN, sampled=False)


def test_a_traceparent_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert parse_traceparent(f"cc-{TRACE}-{SPAN}-03-what-comes-next") == TraceParent(TRACE, SPAN, sampled=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01\r\nX-Evil: 1",
        f"00-{TRACE[:-1]}٣-{SPAN}-01",
    ],
)
def test_what_is_no_traceparent_counts_as_none(text: str) -> None:
    assert parse_traceparent(text) is None


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8), st.booleans())
def test_what_is_written_is_read_back(trace: bytes, span: bytes, sampled: bool) -> None:  # noqa: FBT001  # hypothesis calls it
    text = format_traceparent(trace.hex(), span.hex(), sampled=sampled)
    expected = TraceParent(trace.hex(), span.hex(), sampled) if any(trace) and any(span) else None
    assert parse_traceparent(text) == expected


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_traceparent(text)
    assert found is None or int(found.trace_id, 16)


def test_the_environment_carries_parent_state_and_baggage() -> None:
    environ = {"TRACEPARENT": f"00-{TRACE}-{SPAN}-00", "TRACESTATE": "a=1,b=2", "BAGGAGE": "user=ada"}
    assert read_environment(environ) == (TraceParent(TRACE, SPAN, sampled=False), "a=1,b=2", "user=ada")


@pytest.mark.parametrize(
    "environ",
    [
        {"TRACESTATE": "a=1"},
        {"TRACEPARENT": "nonsense", "TRACESTATE": "a=1"},
        {"TRACEPARENT": f"00-{TRACE}-{SPAN}-01", "TRACESTATE": "a=" + "x" * 512},
        {"TRACEPARENT": f"00-{TRACE}-{SPAN}-01", "TRACESTATE": ",".join(f"k{n}=1" for n in range(33))},
        {"TRACEPARENT": f"00-{TRACE}-{SPAN}-01", "TRACESTATE": "a=1\r\nX: y"},
    ],
)
def test_a_state_without_a_parent_or_beyond_the_limits_is_dropped(environ: dict[str, str]) -> None:
    assert read_environment(environ)[1] is None


def test_baggage_beyond_the_limit_is_dropped() -> None:
    assert read_environment({"BAGGAGE": "a=" + "x" * 8191})[2] is None


def test_children_are_told_whose_they_are() -> None:
    identity = Identity(TRACE, "s", sampled=False, tracestate="a=1")
    written = write_environment(identity, SPAN)
    assert written == {"TRACEPARENT": f"00-{TRACE}-{SPAN}-00", "TRACESTATE": "a=1", "BAGGAGE": None}
