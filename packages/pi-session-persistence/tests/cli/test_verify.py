from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence.registry import checkpoint

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


def tale(name: str = "0199aaaa") -> Tale:
    made = Tale(name)
    made.turn("pear", "yes")
    return made


@pytest.fixture
def catalogued(shelf: Shelf) -> Path:
    """A session that only the catalogue knows."""
    file = shelf.add(tale())
    shelf.out("list")
    return file


@pytest.fixture
def registered(shelf: Shelf) -> Path:
    """A session with an id and a checkpoint."""
    file = shelf.registry.claim("TASK-7").pi_file
    tale("0199bbbb").write(file)
    shelf.registry.update("TASK-7", checkpoint=checkpoint(file))
    return file


def test_what_only_grew_is_as_it_was(shelf: Shelf, catalogued: Path, registered: Path) -> None:
    for file in (catalogued, registered):
        with file.open("ab") as end:
            end.write(b'{"type":"custom","id":"x","parentId":"e2","timestamp":"x"}\n')
    assert shelf.run("verify") == (0, "", "pi-session: 2 sessions checked, all as they were\n")
    assert {(line["external_id"], line["state"], line["against"]) for line in shelf.lines("verify")} == {
        ("TASK-7", "same", "checkpoint"),
        (None, "same", "catalogue"),
    }


def test_a_change_is_found(shelf: Shelf, catalogued: Path, registered: Path) -> None:
    size = catalogued.stat().st_size
    for file in (catalogued, registered):
        file.write_bytes(file.read_bytes().replace(b"pear", b"plum"))
    code, out, err = shelf.run("verify")
    assert (code, err) == (1, "pi-session: 2 sessions checked\n")
    one, other = out.splitlines()
    assert one.startswith(f"changed    TASK-7: its first {size:,} bytes are not what they were at 2")
    assert (
        other == f"changed    {catalogued}: its first {size:,} bytes are not what they were when the catalogue read it"
    )


def test_a_shorter_file_is_found(shelf: Shelf, catalogued: Path, registered: Path) -> None:
    for file in (catalogued, registered):
        file.write_bytes(file.read_bytes()[:100])
    code, out, _ = shelf.run("verify")
    assert (code, out.count("shortened "), out.count("100 bytes are left of the ")) == (1, 2, 2)


def test_a_registered_session_that_is_gone_is_found(shelf: Shelf, catalogued: Path, registered: Path) -> None:
    catalogued.unlink()
    registered.unlink()
    code, out, err = shelf.run("verify")
    assert (code, out) == (1, "gone       TASK-7: the file is not there any more\n")
    assert err == "pi-session: 1 session checked\n"


def test_a_session_can_be_named(shelf: Shelf, catalogued: Path, registered: Path) -> None:
    registered.write_bytes(b"")
    assert shelf.run("verify", str(catalogued), "0199aaaa")[0] == 0
    assert shelf.run("verify", "TASK-7")[0] == 1


def test_what_cannot_be_checked_is_told(
    shelf: Shelf, catalogued: Path, registered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = shelf.add(tale("0199cccc"))
    code, out, _ = shelf.run("verify", str(fresh))
    assert (code, "neither a checkpoint nor the catalogue" in out) == (2, True)
    code, out, err = shelf.run("verify", "nobody")
    assert (code, out, "no session is called 'nobody'" in err) == (2, "", True)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pi_session_persistence.catalogue._indexing.crc", refused)
    code, out, _ = shelf.run("verify", str(catalogued), str(registered))
    assert (code, out) == (2, f"unreadable {catalogued}: Permission denied\n")


def test_an_id_without_a_checkpoint_is_compared_with_the_catalogue(shelf: Shelf, registered: Path) -> None:
    shelf.out("list")
    shelf.registry.update("TASK-7", checkpoint=None)
    assert [line["against"] for line in shelf.lines("verify")] == ["catalogue"]
    assert registered.exists()
