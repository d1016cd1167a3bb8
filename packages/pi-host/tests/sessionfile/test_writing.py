from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from sessionfile_support import HEADER, damaged, entry, rendered, trees, user

from pi_host.sessionfile import Session, SessionFileError, append, create, read_header, replace

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = rendered(HEADER, user("a", None, "one"), user("b", "a", "two"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    path.write_bytes(WHOLE)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_entry_hangs_from_the_leaf(path: Path) -> None:
    made = append(path, {"type": "label", "targetId": "a", "label": "here"})

    session = Session.read(path)
    assert path.read_bytes().startswith(WHOLE)
    assert session.oddities == []
    assert session.leaf is not None
    assert (session.leaf.id, session.leaf.parent_id) == (made, "b")
    assert re.fullmatch(r"[0-9a-f]{8}", made)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", session.leaf.timestamp)
    assert session.labels == {"a": "here"}


def test_its_members_are_in_pis_order(path: Path) -> None:
    append(path, {"label": "x", "type": "label", "targetId": "a"})

    assert list(Session.read(path).entries[-1].fields) == ["type", "id", "parentId", "timestamp", "label", "targetId"]


@pytest.mark.parametrize("parent", ["a", None])
def test_an_entry_hangs_from_where_it_is_told_to(path: Path, parent: str | None) -> None:
    append(path, {"type": "custom"}, parent_id=parent)

    assert Session.read(path).entries[-1].parent_id == parent


def test_the_first_entry_is_a_root(path: Path) -> None:
    path.write_bytes(rendered(HEADER))
    append(path, {"type": "custom"})

    assert Session.read(path).entries[-1].parent_id is None


@pytest.mark.parametrize("torn", [b"", b'{"type":"mess', b"\0\0\0", WHOLE.splitlines()[1]])
def test_a_last_line_without_lf_is_ended_first(path: Path, torn: bytes) -> None:
    data = WHOLE + torn if torn else WHOLE[:-1]
    path.write_bytes(data)
    made = append(path, {"type": "custom"})

    assert path.read_bytes().startswith(data + b"\n{")
    assert Session.read(path).get(made) is not None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=damaged(trees()))
def test_adding_never_changes_what_was_there(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    before = Session.read(path)
    try:
        made = append(path, {"type": "session_info", "name": "new"})
    except SessionFileError:
        assert path.read_bytes() == data
        return
    after = Session.read(path)

    assert path.read_bytes().startswith(data)
    assert after.entries[:-1] == before.entries
    assert [entry.id for entry in after.path()] == [*(entry.id for entry in before.path()), made]
    assert after.context() == before.context()


def test_it_is_one_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    write = os.write

    def watched(descriptor: int, data: bytes) -> int:
        written.append(data)
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", watched)
    path.write_bytes(WHOLE[:-1])
    append(path, {"type": "custom"})

    assert len(written) == 1
    assert (written[0][:1], written[0][-1:]) == (b"\n", b"\n")


def test_lone_surrogates_are_kept(path: Path) -> None:
    append(path, {"type": "custom", "data": "\ud83d"})

    assert Session.read(path).entries[-1].fields["data"] == "\ud83d"


REFUSED: dict[str, tuple[bytes, dict[str, Any], dict[str, Any], str]] = {
    "no session": (b"hello\n", {"type": "custom"}, {}, "no session that pi would open"),
    "an empty file": (b"", {"type": "custom"}, {}, "no session that pi would open"),
    "an old version": (rendered({**HEADER, "version": 2}), {"type": "custom"}, {}, "version 2 of the format; migrate"),
    "an unknown parent": (WHOLE, {"type": "custom"}, {"parent_id": "gone"}, "no entry has the id 'gone'"),
    "a leaf without id": (WHOLE + b"{}\n", {"type": "custom"}, {}, "the last entry has no id"),
    "no type": (WHOLE, {}, {}, "not a type of entry: None"),
    "a header": (WHOLE, {"type": "session"}, {}, "not a type of entry: 'session'"),
    "an id": (WHOLE, {"type": "custom", "id": "mine"}, {}, "id: made here"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_pi_could_not_read_is_not_written(why: str, path: Path) -> None:
    data, fields, options, message = REFUSED[why]
    path.write_bytes(data)

    with pytest.raises(SessionFileError, match=re.escape(message)):
        append(path, fields, **options)
    assert path.read_bytes() == data


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        append(tmp_path / "new.jsonl", {"type": "custom"})


def test_a_new_file_is_private_and_has_a_header(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "new.jsonl"
    made = create(path, "/work", parent_session="/old.jsonl", extra={"origin": "é"})

    header = read_header(path)
    assert header is not None
    assert (header.id, header.version, header.cwd, header.parent_session) == (made, 3, "/work", "/old.jsonl")
    assert header.fields["origin"] == "é"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert Session.read(path).oddities == []


def test_a_new_file_never_takes_the_place_of_another(path: Path) -> None:
    with pytest.raises(FileExistsError):
        create(path, "/work")
    assert path.read_bytes() == WHOLE


@pytest.mark.parametrize("session_id", ["", "-x", "x.", "a b", "a/b", "é"])
def test_an_id_that_pi_would_not_take_is_refused(tmp_path: Path, session_id: str) -> None:
    with pytest.raises(SessionFileError, match="takes no session id"):
        create(tmp_path / "new.jsonl", "/work", session_id=session_id)
    assert list(tmp_path.iterdir()) == []


def test_a_header_of_ones_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="version: made here"):
        create(tmp_path / "new.jsonl", "/work", extra={"version": 9})


def test_replacing_leaves_a_private_file_and_nothing_else(path: Path) -> None:
    path.chmod(0o644)
    replace(path, [b"new ", b"contents"])

    assert path.read_bytes() == b"new contents"
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_replacing_that_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    def parts() -> Any:
        yield b"half"
        raise OSError("out of order")

    with pytest.raises(OSError, match="out of order"):
        replace(path, parts())
    assert path.read_bytes() == WHOLE
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:10]))

    with pytest.raises(OSError, match="only 10 of"):
        append(path, {"type": "custom"})
    with pytest.raises(OSError, match="only 10 of"):
        create(path.with_name("new.jsonl"), "/work")
    assert list(path.parent.iterdir()) == [path]


def test_several_processes_never_tear_a_line(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pi_host.sessionfile import append\n"
        "for n in range(20): append(Path(sys.argv[1]), {'type': 'custom', 'data': 'x' * 5000})"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, path]) for _ in range(2)]

    assert [process.wait() for process in processes] == [0, 0]
    session = Session.read(path)
    assert (len(session.entries), session.oddities) == (42, [])


def test_nothing_but_msgspec_and_the_standard_library_is_imported() -> None:
    code = (
        "import sys, pi_host; before = set(sys.modules); import pi_host.sessionfile\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) <= {"pi_host", "msgspec"}


def test_a_label_on_a_whole_tree(path: Path) -> None:
    path.write_bytes(rendered(HEADER, user("a", None, "one"), entry("b", "a", "custom")))
    append(path, {"type": "label", "targetId": "a", "label": "x"})

    assert Session.read(path).labels == {"a": "x"}
