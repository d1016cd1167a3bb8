from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sessionfile_support import HEADER, damaged, entry, old_files, rendered, trees, user

from pi_host.sessionfile import Entry, Header, Oddity, Session, lines, read_header, scan

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host.sessionfile import Code

HEAD = rendered(HEADER)
FIRST = rendered(user("a", None, "hello"))
WHOLE = HEAD + FIRST

#: Each: what the file is, and what is odd about it as (code, line, what stands there).
ODD: dict[str, tuple[bytes, list[tuple[Code, int, bytes]]]] = {
    "empty": (b"", [("empty", 1, b"")]),
    "only newlines": (b"\n\n", [("no-header", 1, b"")]),
    "a text": (b"hello\n", [("no-header", 1, b""), ("garbage", 1, b"hello")]),
    "byte order mark": (
        b"\xef\xbb\xbf" + WHOLE,
        [("bom", 1, b"\xef\xbb\xbf"), ("no-header", 1, b"")],
    ),
    "a byte order mark alone in its line": (b"\xef\xbb\xbf\n" + WHOLE, [("bom", 1, b"\xef\xbb\xbf")]),
    "no header": (FIRST, [("no-header", 1, b"")]),
    "header without id": (b'{"type":"session"}\n' + FIRST, [("bad-header", 1, b'{"type":"session"}')]),
    "header after an entry": (FIRST + HEAD, [("late-header", 2, HEAD[:-1])]),
    "header after garbage": (b"x\n" + WHOLE, [("garbage", 1, b"x")]),
    "two headers": (HEAD + WHOLE, [("second-header", 2, HEAD[:-1])]),
    "not ended": (WHOLE[:-1], [("no-final-lf", 2, FIRST[:-1])]),
    "torn": (WHOLE + FIRST[:30], [("torn", 3, FIRST[:30]), ("no-final-lf", 3, FIRST[:30])]),
    "torn but ended": (WHOLE + FIRST[:30] + b"\n", [("garbage", 3, FIRST[:30])]),
    "NULs at the end": (WHOLE + b"\0" * 9, [("nul", 3, b"\0" * 9), ("no-final-lf", 3, b"\0" * 9)]),
    "NULs in a line": (WHOLE + b"{}\0\n", [("nul", 3, b"{}\0")]),
    "glued": (WHOLE[:-1] + FIRST, [("glued", 2, FIRST[:-1] + FIRST[:-1])]),
    "glued to a torn one": (WHOLE + FIRST[:30] + FIRST, [("glued", 3, FIRST[:30] + FIRST[:-1])]),
    "null": (WHOLE + b"null\n", [("ignored-value", 3, b"null")]),
    "zero": (WHOLE + b"-0.0\n", [("ignored-value", 3, b"-0.0")]),
    "false": (WHOLE + b"false\n", [("ignored-value", 3, b"false")]),
    "empty string": (WHOLE + b'""\n', [("ignored-value", 3, b'""')]),
    "number": (WHOLE + b"123\n", [("non-object", 3, b"123")]),
    "array": (WHOLE + b"[]\n", [("non-object", 3, b"[]")]),
    "string": (WHOLE + b'"x"\n', [("non-object", 3, b'"x"')]),
    "empty object": (
        WHOLE + b"{}\n",
        [(code, 3, b"{}") for code in ("no-type", "no-id", "no-timestamp", "malformed")],
    ),
    "nested too deeply": (WHOLE + b"[" * 100_000 + b"\n", [("too-deep", 3, b"[" * 100_000)]),
    "invalid UTF-8": (
        WHOLE.replace(b"hello", b"hel\xff"),
        [("invalid-utf8", 2, FIRST.replace(b"hello", b"hel\xff")[:-1])],
    ),
    "blank lines": (HEAD + b"\n \t\n\xc2\xa0\n" + FIRST, []),
    "CRLF": (WHOLE.replace(b"\n", b"\r\n"), []),
    "a lone surrogate": (WHOLE.replace(b"hello", b"\\ud83d"), []),
    "unknown type and keys": (WHOLE + rendered(entry("b", "a", "from_the_future", more=[1])), []),
    "no message": (
        HEAD + rendered(entry("b", None, "message")),
        [("malformed", 2, rendered(entry("b", None, "message"))[:-1])],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_about(name: str) -> None:
    data, expected = ODD[name]
    found = [item for item in scan(data) if isinstance(item, Oddity)]

    assert sorted((o.code, o.line, data[o.offset : o.offset + o.length]) for o in found) == sorted(expected)
    assert all(oddity.message for oddity in found)


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (FIRST[:-1] + FIRST[:-1], [FIRST[:-1], FIRST[:-1]]),
        (FIRST[:-2] + FIRST[:-1], [FIRST[:-1]]),
        (FIRST[:-1] + FIRST[:20], [FIRST[:-1]]),
        (b"\0\0" + FIRST[:-1], [FIRST[:-1]]),
        # What is whole inside a torn entry is a message or a block, but no entry.
        (rendered(user("a", None, "x"))[:-2], []),
        (b'{"type":"message","message":{"content":[{"type":"toolCall","id":"c"}]}', []),
    ],
)
def test_whole_entries_in_an_unreadable_line(line: bytes, pieces: list[bytes]) -> None:
    data = HEAD + line + b"\n"
    (oddity,) = (item for item in scan(data) if isinstance(item, Oddity))

    assert [data[offset : offset + length] for offset, length in oddity.pieces] == pieces


ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@ANY
@given(st.one_of(st.binary(), st.binary().map(lambda data: HEAD + data), damaged(trees()), damaged(old_files())))
@example(b'{"type":"session","id":"x","version":1e999}\n{"type":"compaction","firstKeptEntryIndex":1e999}\n')
@example(HEAD + b'{"type":{},"id":[],"parentId":0,"timestamp":null,"message":"\\ud83d","targetId":[]}')
def test_no_bytes_make_it_raise(data: bytes) -> None:
    session = Session.parse(data)
    context = session.context()

    assert len(session.path()) <= len(session.entries)
    assert {message["role"] for message in context.messages} <= {"system", "user", "assistant", "toolResult"}
    assert all(0 <= oddity.offset <= oddity.offset + oddity.length <= len(data) for oddity in session.oddities)
    assert sum(len(entry.fields) for entry in session.entries) >= 0
    assert [session.name, session.labels, session.tips, session.roots]


@ANY
@given(damaged(trees()))
def test_entries_are_the_bytes_of_the_file(data: bytes) -> None:
    for item in scan(data):
        if not isinstance(item, Oddity):
            assert data[item.offset : item.offset + item.length].removesuffix(b"\r") == item.raw


@ANY
@given(damaged(trees()))
def test_each_line_is_an_entry_or_odd_or_blank(data: bytes) -> None:
    found = {item.line for item in scan(data) if item.length}
    blank = {line.number for line in lines(data) if not line.raw.decode("utf-8", "replace").strip()}

    assert found | blank == {line.number for line in lines(data)}


@ANY
@given(damaged(trees()))
def test_without_bodies_it_is_the_same_but_for_the_bodies(data: bytes) -> None:
    def bare(items: list[Header | Entry | Oddity]) -> list[object]:
        return [(i.line, i.offset, i.length, getattr(i, "id", None), getattr(i, "code", None)) for i in items]

    light = list(scan(data, bodies=False))

    assert bare(light) == bare(list(scan(data)))
    assert not any(item.raw for item in light if isinstance(item, Entry))


def test_a_file_is_read_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(WHOLE + b"junk")

    assert list(scan(path)) == list(scan(WHOLE + b"junk"))


def test_the_header_has_what_pi_wrote() -> None:
    data = rendered({**HEADER, "parentSession": "/before.jsonl", "origin": "elsewhere"})
    header = Session.parse(data).header

    assert header is not None
    assert (header.id, header.version, header.cwd, header.parent_session) == ("s-1", 3, "/work", "/before.jsonl")
    assert header.fields["origin"] == "elsewhere"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (WHOLE, True),
        (b"\nnot JSON\nnull\n" + WHOLE, True),
        (HEAD[:-1], True),
        (b"", False),
        (FIRST + HEAD, False),
        (b"x" * 2_000_000 + b"\n" + WHOLE, False),
        (b'{"type":"session","id":5}\n' + HEAD, False),
    ],
)
def test_the_header_by_itself(data: bytes, found: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    path = tmp_path / "session.jsonl"
    path.write_bytes(data)

    assert (read_header(path) is not None) is found


def test_bodies_are_decoded_when_asked_for() -> None:
    (found,) = Session.parse(HEAD + rendered(entry("a", None, "custom", data={"x": [1.5, None]}))).entries

    assert found.fields == json.loads(found.raw)
    assert found.message is None
