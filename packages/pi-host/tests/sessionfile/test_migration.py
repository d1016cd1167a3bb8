from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from sessionfile_support import HEADER, TIMESTAMP, damaged, old_files, rendered, trees, without_times

from pi_host.sessionfile import Entry, Session, SessionFileError, migrate, scan

if TYPE_CHECKING:
    from sessionfile_support import Fields, Reference

OLD = {key: value for key, value in HEADER.items() if key != "version"}
LARGE = Path(__file__).parents[5] / "shared" / "data" / "large-session.jsonl"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def message(role: str, text: str) -> Fields:
    return {"type": "message", "timestamp": TIMESTAMP, "message": {"role": role, "content": text}}


def compaction(**fields: Any) -> Fields:
    return {"type": "compaction", "timestamp": TIMESTAMP, "summary": "s", **fields}


def migrated(folder: Path, data: bytes) -> bytes:
    source, target = folder / "old.jsonl", folder / "new.jsonl"
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    migrate(source, target)
    assert source.read_bytes() == data
    return target.read_bytes()


def placed(entries: list[Fields]) -> list[Fields]:
    """The entries with places instead of ids, which nobody but pi knows."""
    places = {entry.get("id"): place for place, entry in enumerate(entries)}

    def place(entry: Fields, key: str) -> Fields:
        return {key: places.get(entry[key], entry[key])} if isinstance(entry.get(key), str) else {}

    return [
        {**entry, **place(entry, "id"), **place(entry, "parentId"), **place(entry, "firstKeptEntryId")}
        for entry in entries
    ]


@PATIENT
@given(lines=old_files())
def test_pi_migrates_to_the_same_but_for_the_ids(lines: list[Fields], reference: Reference, tmp_path: Path) -> None:
    data = rendered(*lines)
    path = tmp_path / "pis.jsonl"
    path.write_bytes(data)
    pis = reference.ask_about(path)
    ours = migrated(tmp_path, data)

    assert placed([entry.fields for entry in Session.parse(ours).entries]) == placed(
        [entry.fields for entry in Session.read(path).entries]
    )
    assert Session.parse(ours).header == Session.read(path).header or not lines
    assert reference.ask(ours)["sent"] == pis["sent"]


@PATIENT
@given(data=damaged(old_files()))
def test_the_same_bytes_become_the_same_bytes(data: bytes, tmp_path: Path) -> None:
    assume(Session.parse(data).header is not None)
    once = migrated(tmp_path, data)

    assert migrated(tmp_path, data) == once
    assert migrated(tmp_path, once) == once


@PATIENT
@given(data=damaged(old_files()))
def test_a_file_reads_as_what_it_migrates_to(data: bytes, tmp_path: Path) -> None:
    before = Session.parse(data)
    assume(before.header is not None)
    after = Session.parse(migrated(tmp_path, data))

    assert [entry.raw.rstrip(b"\r") for entry in before.entries] == [entry.raw for entry in after.entries]
    assert before.context() == after.context()


@PATIENT
@given(data=damaged(trees()))
def test_a_file_of_version_3_is_copied_as_it_is(data: bytes, tmp_path: Path) -> None:
    assume(Session.parse(data).header is not None)

    assert migrated(tmp_path, data) == data


def test_a_first_kept_index_becomes_an_id(tmp_path: Path) -> None:
    data = rendered(OLD, message("user", "a"), message("assistant", "b"), compaction(firstKeptEntryIndex=2))
    first, second, kept = Session.parse(migrated(tmp_path, data)).entries

    assert (first.parent_id, second.parent_id, kept.parent_id) == (None, first.id, second.id)
    assert (kept.target_id, "firstKeptEntryIndex" in kept.fields) == (second.id, False)


@pytest.mark.parametrize("index", [0, 3, 9, -1, 1.5])
def test_an_index_of_no_entry_before_is_dropped(tmp_path: Path, index: float) -> None:
    data = rendered(OLD, compaction(firstKeptEntryIndex=index), message("user", "a"), message("user", "b"))
    entry = Session.parse(migrated(tmp_path, data)).entries[0]

    assert not {"firstKeptEntryIndex", "firstKeptEntryId"} & entry.fields.keys()


def test_version_2_only_renames_a_role(tmp_path: Path) -> None:
    lines = [
        {**message("hookMessage", "x"), "id": "a", "parentId": None},
        {**message("user", "y"), "id": "b", "parentId": "a"},
    ]
    data = rendered({**OLD, "version": 2}, *lines)

    first, second = Session.parse(migrated(tmp_path, data)).entries
    assert first.fields == {**lines[0], "message": {"role": "custom", "content": "x"}}
    assert second.raw == rendered(lines[1])[:-1]


def test_numbers_and_unknown_members_keep_their_bytes(tmp_path: Path) -> None:
    line = b'{"type":"custom","timestamp":"t","data":{"n":1.50e+3,"big":123456789012345678901,"e":"\\u00e9"},"new":[ ]}'
    after = migrated(tmp_path, rendered(OLD) + line + b"\n")

    assert line[:-1] in after


def test_what_pi_can_not_read_is_left_behind_and_told(tmp_path: Path) -> None:
    source, target = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    source.write_bytes(
        rendered(OLD, message("user", "a")) + b"garbage\nnull\n" + rendered(message("user", "b")) + b'{"torn'
    )

    left = migrate(source, target)

    assert [(oddity.code, oddity.line) for oddity in left] == [("garbage", 3), ("ignored-value", 4), ("torn", 6)]
    assert [oddity.code for oddity in Session.read(target).oddities] == []
    assert len(Session.read(target).path()) == 2


def test_several_sessions_in_one_file_stay_one_file_and_are_told(tmp_path: Path) -> None:
    data = rendered(OLD, message("user", "a"), {**OLD, "id": "s-2"}, message("user", "b"))
    after = Session.parse(migrated(tmp_path, data))

    assert after.header is not None
    assert (after.header.id, len(after.path())) == ("s-1", 2)
    assert [(oddity.code, oddity.line) for oddity in after.oddities] == [("second-header", 3)]


def test_the_new_file_is_private(tmp_path: Path) -> None:
    migrated(tmp_path, rendered(OLD))

    assert stat.S_IMODE((tmp_path / "new.jsonl").stat().st_mode) == 0o600


def test_nothing_is_written_over(tmp_path: Path) -> None:
    source = tmp_path / "old.jsonl"
    source.write_bytes(rendered(OLD))

    with pytest.raises(FileExistsError, match="is there already"):
        migrate(source, source)
    assert source.read_bytes() == rendered(OLD)


@pytest.mark.parametrize("data", [b"", b"hello\n", rendered(message("user", "a"), OLD)])
def test_what_is_no_session_is_not_migrated(tmp_path: Path, data: bytes) -> None:
    source = tmp_path / "old.jsonl"
    source.write_bytes(data)

    with pytest.raises(SessionFileError, match="no session that pi would open"):
        migrate(source, tmp_path / "new.jsonl")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.skipif(not LARGE.exists(), reason="the large recorded session is not beside this checkout")
def test_a_large_recorded_session(reference: Reference, tmp_path: Path) -> None:
    target = tmp_path / "large.jsonl"
    left = migrate(LARGE, target)
    session = Session.read(target)
    pis = reference.ask_about(target)

    assert (left, session.oddities) == ([], [])
    assert len(session.entries) == sum(isinstance(item, Entry) for item in scan(LARGE)) == 1018
    assert pis["leaf"] == session.path()[-1].id
    assert pis["branch"] == [entry.id for entry in session.path()]
    said = [message for part in session.projection().parts for message in part.messages]
    assert pis["messages"] == without_times(said)
