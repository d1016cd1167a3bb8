from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pi_session_persistence import Checkpoint, IdCollisionError, InvalidIdError, Registry, RegistryError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "home")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_id_that_was_never_used_has_no_record_and_makes_no_file(registry: Registry, tmp_path: Path) -> None:
    assert registry.get("task") is None
    assert registry.records() == []
    assert not registry.forget("task")
    assert list(tmp_path.iterdir()) == []


def test_a_claimed_id_is_known_as_it_was_written(registry: Registry) -> None:
    record = registry.claim("cafe\u0301 1")
    assert (record.external_id, record.pi_file) == ("cafe\u0301 1", registry.path_of("caf\u00e9 1"))
    assert registry.get("caf\u00e9 1") == registry.claim("caf\u00e9 1") == record


def test_everything_is_private(registry: Registry, tmp_path: Path) -> None:
    registry.claim("task")
    home = tmp_path / "home"
    assert [mode(path) for path in (home, home / "registry.sqlite3", registry.sessions)] == [0o700, 0o600, 0o700]


def test_a_folder_that_others_may_enter_is_closed(registry: Registry) -> None:
    registry.sessions.mkdir(parents=True, mode=0o755)
    registry.claim("task")
    assert mode(registry.sessions) == 0o700


def test_a_file_leads_back_to_its_id_through_a_link_too(registry: Registry, tmp_path: Path) -> None:
    record = registry.claim("task")
    (tmp_path / "link").symlink_to(record.pi_file)
    assert registry.find(tmp_path / "link") == record
    assert registry.find(tmp_path / "other") is None


def test_a_link_in_the_place_of_a_file_is_not_followed(registry: Registry, tmp_path: Path) -> None:
    registry.sessions.mkdir(parents=True)
    registry.path_of("task").symlink_to(tmp_path / "elsewhere.jsonl")
    assert registry.claim("task").pi_file == registry.path_of("task")


def test_changes_are_kept(registry: Registry, tmp_path: Path) -> None:
    before = registry.claim("task")
    made = Checkpoint(12, "ab", "2026-01-01T00:00:00+00:00")
    registry.update("task", name="N", checkpoint=made, pi_file=tmp_path / "b\udcff.jsonl")
    after = Registry(tmp_path / "home").get("task")
    assert after is not None
    assert (after.name, after.checkpoint, after.pi_file) == ("N", made, tmp_path / "b\udcff.jsonl")
    assert (after.created, after.updated >= before.updated) == (before.created, True)


def test_a_forgotten_id_is_a_new_one(registry: Registry) -> None:
    registry.claim("task")
    registry.update("task", name="N")
    assert registry.forget("task")
    assert registry.claim("task").name is None


def test_two_ids_never_have_one_file(registry: Registry, tmp_path: Path) -> None:
    registry.claim("one", file=tmp_path / "f.jsonl")
    with pytest.raises(IdCollisionError, match="'two' and 'one' would share"):
        registry.claim("two", file=tmp_path / "f.jsonl")
    registry.claim("two")
    with pytest.raises(IdCollisionError):
        registry.update("two", pi_file=tmp_path / "f.jsonl")


def test_names_that_the_file_system_takes_for_one_are_one_file(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "Sess.jsonl").touch()
    (tmp_path / "sess.jsonl").hardlink_to(tmp_path / "Sess.jsonl")  # as a file system that folds case shows it
    registry.claim("Sess", file=tmp_path / "Sess.jsonl")
    with pytest.raises(IdCollisionError):
        registry.claim("sess", file=tmp_path / "sess.jsonl")


def test_an_update_of_nothing_is_an_error(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="'task' is not in the registry"):
        registry.update("task", name="N")


def test_a_damaged_registry_is_an_error_that_says_what_to_do(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "registry.sqlite3").write_bytes(b"no database" * 1000)
    for action in (registry.get, registry.claim):
        with pytest.raises(RegistryError, match="move it away"):
            action("task")


def test_a_registry_of_a_newer_version_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    registry.claim("task")
    with sqlite3.connect(tmp_path / "home" / "registry.sqlite3") as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    with pytest.raises(RegistryError, match="newer"):
        registry.get("task")


def test_no_id_no_record(registry: Registry) -> None:
    with pytest.raises(InvalidIdError):
        registry.claim(" ")


CLAIMS = """
import sys
from pathlib import Path
from pi_session_persistence import Registry
registry = Registry(Path(sys.argv[1]))
for number in range(25):
    registry.claim(f"{sys.argv[2]}-{number}")
    registry.update(registry.claim("shared").external_id, name=sys.argv[2])
"""


def test_processes_may_claim_at_once(registry: Registry, tmp_path: Path) -> None:
    words = [sys.executable, "-c", CLAIMS, str(tmp_path / "home")]
    claimers = [subprocess.Popen([*words, name]) for name in "abc"]
    assert [claimer.wait() for claimer in claimers] == [0, 0, 0]
    assert len(registry.records()) == 3 * 25 + 1


def test_the_environment_names_the_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "x"))
    monkeypatch.delenv("PI_SESSION_COMPAT", raising=False)
    registry = Registry.current()
    assert registry.sessions == tmp_path / "x" / "sessions"
    fork = registry.claim("b", parent="a")
    assert registry.variables(fork) == {
        "PI_SESSION_EXTERNAL_ID": "b",
        "PI_SESSION_EXTERNAL_PARENT": "a",
        "PI_SESSION_HOME": str(tmp_path / "x"),
    }
    monkeypatch.setenv("PI_SESSION_COMPAT", "other")
    with pytest.raises(RegistryError, match="'other'"):
        Registry.current()


class TestGsd:
    @pytest.fixture
    def gsd(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Registry:
        monkeypatch.setenv("HOME", str(tmp_path))
        return Registry(tmp_path / "home", compat="gsd")

    def test_files_are_where_the_daemon_has_them(self, gsd: Registry, tmp_path: Path) -> None:
        assert gsd.claim(" a/b ").pi_file == tmp_path / ".gsd-cloud" / "pi-sessions" / "a_b.jsonl"
        assert mode(tmp_path / ".gsd-cloud" / "pi-sessions") == 0o700

    def test_ids_that_would_share_a_file_are_refused(self, gsd: Registry) -> None:
        gsd.claim("a/b")
        assert gsd.claim("a/b\n").external_id == "a/b"
        for other in ("a:b", "a b", "a_b"):
            with pytest.raises(IdCollisionError, match="would share"):
                gsd.claim(other)

    def test_it_is_another_registry(self, gsd: Registry, tmp_path: Path) -> None:
        gsd.claim("x")
        assert Registry(tmp_path / "home").get("x") is None
        assert gsd.variables(gsd.claim("x"))["PI_SESSION_COMPAT"] == "gsd"
