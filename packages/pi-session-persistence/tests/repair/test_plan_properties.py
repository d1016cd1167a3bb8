"""Whatever happens to a session file, its repair raises nothing, loses no byte, and gives a file that is whole."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from persistence_support import HEADER, joined, message

from pi_host.sessionfile import Session, lines
from pi_session_persistence.fsck._finding import judge
from pi_session_persistence.repair import Plan, plan

if TYPE_CHECKING:
    from collections.abc import Callable

NOISE = [
    b"null",
    b"123",
    b"{}",
    b"[]",
    b"garbage",
    b"\xef\xbb\xbf",
    b"",
    b'"x"',
    b"false",
    b'{"type":"message","id":"zz"}',
]


@st.composite
def sessions(draw: st.DrawFn) -> bytes:
    """A session of any version, with branches."""
    version = draw(st.sampled_from([1, 2, 3, 3, 3]))
    rows: list[dict[str, Any]] = [HEADER | {"version": version}]
    ids: list[str | None] = [None]
    for number in range(draw(st.integers(1, 8))):
        row = message(
            f"{number:08x}", draw(st.sampled_from(ids)), draw(st.sampled_from(["user", "assistant"])), "é\u2028"
        )
        ids.append(row["id"])
        rows.append({k: v for k, v in row.items() if k not in ("id", "parentId")} if version == 1 else row)
    return joined(rows)


def cut(data: bytes, at: int, size: int, _noise: bytes) -> bytes:
    return data[:at] + data[at + size :]


def overwrite(data: bytes, at: int, size: int, noise: bytes) -> bytes:
    return data[:at] + noise + data[at + size :]


def blank(data: bytes, at: int, size: int, _noise: bytes) -> bytes:
    return data[:at] + b"\0" * size + data[at + size :]


def truncate(data: bytes, at: int, _size: int, _noise: bytes) -> bytes:
    return data[:at]


def glue(data: bytes, at: int, _size: int, _noise: bytes) -> bytes:
    return data[:at] + data[at:].replace(b"\n", b"", 1)


def insert_line(data: bytes, at: int, size: int, _noise: bytes) -> bytes:
    parts = data.split(b"\n")
    parts.insert(at % len(parts), NOISE[size % len(NOISE)])
    return b"\n".join(parts)


def move_line(data: bytes, at: int, size: int, _noise: bytes) -> bytes:
    parts = data.split(b"\n")
    part = parts.pop(at % len(parts))
    parts.insert(size % (len(parts) + 1), part)
    return b"\n".join(parts)


def double_line(data: bytes, at: int, size: int, _noise: bytes) -> bytes:
    parts = data.split(b"\n")
    parts.insert(size % (len(parts) + 1), parts[at % len(parts)])
    return b"\n".join(parts)


MUTILATIONS: list[Callable[[bytes, int, int, bytes], bytes]] = [
    cut,
    overwrite,
    blank,
    truncate,
    glue,
    insert_line,
    move_line,
    double_line,
]


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """What is left of a session after a few accidents."""
    data = draw(sessions())
    for _ in range(draw(st.integers(1, 4))):
        how = draw(st.sampled_from(MUTILATIONS))
        data = how(data, draw(st.integers(0, len(data))), draw(st.integers(0, 200)), draw(st.binary(max_size=20)))
    return data


def damage(content: bytes) -> list[str]:
    session = Session.parse(content)
    kinds = {entry.line: entry.type for entry in session.entries}
    findings = [judge(oddity, kinds.get(oddity.line, "")) for oddity in session.oddities]
    return [finding.code for finding in findings if finding.severity == "damage"]


def accounted(data: bytes, made: Plan) -> bytes:
    """Return what of the original is neither in the new file nor salvaged."""
    assert made.content is not None
    missing = bytearray(data)
    for part in made.salvaged:
        missing[part.offset : part.offset + part.length] = b"\0" * part.length
    kept = {line.raw for line in lines(made.content)}
    place = 0
    for line in lines(data):
        if line.raw in kept:
            missing[line.offset : line.offset + len(line.raw)] = b"\0" * len(line.raw)
    for raw in sorted(kept, key=len, reverse=True):
        while len(raw) > 1 and (place := missing.find(raw)) >= 0:
            missing[place : place + len(raw)] = b"\0" * len(raw)
    return bytes(missing).replace(b"\0", b"").replace(b"\n", b"").replace(b"\r", b"")


@given(mutilated())
@settings(max_examples=150, deadline=None)
def test_a_repaired_file_is_whole_and_stays_as_it_is(data: bytes) -> None:
    made = plan(data)
    if made.content is None:
        assert Session.parse(data).header is None
        return
    assert damage(made.content) == []
    assert plan(made.content) == Plan(made.content, [], [])
    assert (made.content == data) is (made.actions == [])


@given(mutilated())
@settings(max_examples=150, deadline=None)
def test_each_byte_is_in_the_new_file_or_salvaged(data: bytes) -> None:
    made = plan(data)
    if made.content is None or any(action.code == "old-version" for action in made.actions):
        return  # each line of an old version is written anew
    assert accounted(data, made) == b""


@given(mutilated())
@settings(max_examples=60, deadline=None)
def test_salvaged_parts_dont_overlap_and_follow_each_other(data: bytes) -> None:
    made = plan(data)
    assert plan(data) == made
    at = 0
    for part in made.salvaged:
        assert part.at == at
        at += part.length
    spans = sorted((part.offset, part.offset + part.length) for part in made.salvaged)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert not spans or spans[-1][1] <= len(data)


@given(mutilated())
@settings(max_examples=100, deadline=None)
def test_no_message_that_can_be_read_gets_lost(data: bytes) -> None:
    made = plan(data)
    if made.content is None:
        return
    before = {
        e.raw for e in Session.parse(data).entries if e.id and e.message is not None and e.message.data.get("role")
    }
    texts = [Session.parse(b'{"type":"session","id":"x"}\n' + raw).entries[-1].message for raw in before]
    after = [entry.message for entry in Session.parse(made.content).entries]
    kept = [message.data for message in after if message is not None]
    assert all(message is None or message.data in kept for message in texts)
