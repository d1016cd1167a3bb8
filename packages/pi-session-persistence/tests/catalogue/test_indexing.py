"""Whatever happens to files between two looks, the catalogue says what a new one would say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from session_stage import Tale, line

from pi_session_persistence.catalogue import Catalogue, Places

if TYPE_CHECKING:
    import pytest

ODD = [
    b"garbage\n",
    b"null\n",
    b"123\n",
    b"{}\n",
    b"\n",
    b"\0\0\0\n",
    b'{"type":"message","id":"torn',
    b'{"type":"session","version":3,"id":"s-2","timestamp":"2026-03-01T10:00:00.000Z"}\n',
    b'{"type":"custom","id":"lone","parentId":"nowhere","timestamp":"2026-03-01T10:00:00.000Z","x":"\\ud83d"}\n',
    b'{"type":"custom","id":"self","parentId":"self","timestamp":"x"}\n',
    b'{"type":"custom","parentId":"e1","timestamp":"x"}\n',
    b'{"type":"compaction","id":"k","parentId":"e1","timestamp":"x","summary":"\xff","firstKeptEntryId":"gone"}\n',
]


def words(data: st.DataObject, tale: Tale) -> bytes:
    """What a session says next."""
    before = len(tale.data)
    for _ in range(data.draw(st.integers(1, 4), label="entries")):
        match data.draw(st.sampled_from(["user", "assistant", "tool", "name", "branch", "again", "late"])):
            case "user":
                tale.user("where is the pear")
            case "assistant":
                tale.assistant("here", thinking="apple", calls={"bash": {"command": "ls"}}, model="m2", cost=0.5)
            case "tool":
                tale.tool("no such file", error=True)
            case "name":
                tale.add("session_info", name="Work")
            case "branch":
                tale.back_to(data.draw(st.sampled_from([None, *(f"e{n}" for n in range(1, tale.count + 1))])))
                tale.user("another way")
            case "again":
                tale.count = max(0, tale.count - 2)
                tale.user("with an id that was used before")
            case "late":
                parent = f"e{tale.count + 3}"
                tale.data += line({"type": "custom", "id": "x", "parentId": parent, "timestamp": "x"})
    return tale.data[before:]


def changed(data: st.DataObject, tale: Tale, old: bytes) -> bytes:
    """What is in the file after something has happened to it."""
    place = data.draw(st.integers(0, max(0, len(old) - 1)), label="place")
    kinds = ["append", "append", "append", "odd", "cut", "part", "anew", "edit", "old", "empty"]
    kind = data.draw(st.sampled_from(kinds))
    new = words(data, tale) if kind in ("append", "part", "anew") else b""
    first = {"type": "session", "id": "v1", "timestamp": "2026-03-01T10:00:00.000Z", "cwd": "/work"}
    second = {"type": "message", "timestamp": "x", "message": {"role": "user", "content": "pear"}}
    return {
        "append": old + new,
        "odd": old + data.draw(st.sampled_from(ODD)),
        "cut": old[:place],
        "part": old + new[: place % max(1, len(new))],
        "anew": Tale("s-9", cwd="/elsewhere").data + new,
        "edit": old[:place] + b"#" + old[place + 1 :],
        "old": line(first) + line(second),
        "empty": b"",
    }[kind]


def told(catalogue: Catalogue) -> list[Any]:
    """Everything in a catalogue but its own numbers."""
    database = catalogue._database
    rows: list[Any] = []
    for row in catalogue.sessions():
        query = "SELECT session, size, ends, tail, state FROM reading JOIN state USING (session) WHERE path = ?"
        identity, *reading, state = database.execute(query, (row.path,)).fetchone()
        entries = "SELECT entry, parent, line, offset, length, kind, tool, at, failed, active FROM entry"
        rows += [row, reading, msgspec.msgpack.decode(state)]
        rows += [database.execute(f"{entries} WHERE session = ? ORDER BY line", (identity,)).fetchall()]
        rows += [database.execute("SELECT * FROM spent WHERE session = ?", (identity,)).fetchall()]
        rows += [database.execute("SELECT * FROM tool WHERE session = ?", (identity,)).fetchall()]
    hits = catalogue.search("pear OR apple OR way OR ls OR short", limit=1000).hits
    return [*rows, sorted((hit.session.path, hit.line, hit.kind, hit.excerpt, hit.active) for hit in hits)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_any_changes_it_says_what_a_new_one_says(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("sessions")
    file = folder / "s.jsonl"
    tale = Tale()
    content = tale.data
    with Catalogue(folder / "one.sqlite3") as catalogue:
        for _ in range(data.draw(st.integers(1, 6), label="changes")):
            content = changed(data, tale, content)
            if data.draw(st.booleans(), label="another file in its place"):
                file.unlink(missing_ok=True)
            file.write_bytes(content)
            catalogue.refresh(Places((folder,)))
        with Catalogue(folder / "two.sqlite3") as fresh:
            fresh.refresh(Places((folder,)))
            assert told(catalogue) == told(fresh)
