"""Bundles that nobody should trust: refused with one line, and nothing is written."""

from __future__ import annotations

import contextlib
import random
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from bundle_support import archive, everything, remade, unpacked
from session_stage import Tale

from pi_session_persistence import PersistenceError
from pi_session_persistence.bundle import BundleError, bundle, unbundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bundle_support import Machine

FILE = "files/0"


@pytest.fixture
def session(here: Machine) -> Path:
    """A session that can be bundled."""
    tale = Tale()
    tale.turn("a question", "an answer")
    return tale.write(here.registry.claim("TASK").pi_file)


def refused(path: Path, machine: Machine) -> str:
    """Try to unpack a bundle; return what is said."""
    machine.here()
    before = everything(machine.folder.parent)
    with pytest.raises(BundleError) as caught:
        unbundle(path)
    assert everything(machine.folder.parent) == before
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith("nothing was written")
    return said


def renamed(name: str) -> Callable[[dict[str, Any], dict[str, bytes]], object]:
    """Have the session's member called otherwise, everywhere."""

    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[name] = files.pop(FILE)
        manifest["members"][0]["name"] = name
        manifest["sessions"][0]["member"] = name

    return change


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        "/etc/evil",
        "files/../../evil",
        "files\\..\\evil",
        "CON",
        "files/NUL",
        "C:evil",
        "files/٣",
        "files/",
    ],
)
def test_names_that_lead_elsewhere(name: str, session: Path, there: Machine, tmp_path: Path) -> None:
    assert "is called" in refused(remade(session, tmp_path / "b", renamed(name)), there)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest, _: manifest.update(format="other"), "it says that it is 'other'"),
        (lambda manifest, _: manifest.update(version=2), "update pi-session-persistence"),
        (lambda manifest, _: manifest.update(sessions=[]), "use each member once"),
        (lambda manifest, _: manifest["sessions"].append(manifest["sessions"][0]), "use each member once"),
        (lambda manifest, _: manifest.pop("members"), "does not fit"),
        (lambda manifest, _: manifest["sessions"][0].update(outputs=[]), "does not fit"),
        (lambda _, files: files.update({"files/1": b""}), "other members"),
        (lambda manifest, _: manifest["members"].append({"name": "files/1", "size": 0, "sha256": ""}), "other members"),
        (lambda _, files: files.update({FILE: b"notes\n"}), "is no session"),
    ],
)
def test_manifests_that_lie(
    change: Callable[[dict[str, Any], dict[str, bytes]], object],
    said: str,
    session: Path,
    there: Machine,
    tmp_path: Path,
) -> None:
    assert said in refused(remade(session, tmp_path / "b", change), there)


@pytest.mark.parametrize("suffix", ["", "/../../evil", ".jsonl", ".bak-0123456789ab/x", ".bak-0123456789abc", ".lock"])
def test_side_files_with_other_names(suffix: str, session: Path, there: Machine, tmp_path: Path) -> None:
    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files["files/1"] = b"evil"
        manifest["members"].append({"name": "files/1"})
        manifest["sessions"][0]["side_files"] = {suffix: "files/1"}

    assert "a side file is called" in refused(remade(session, tmp_path / "b", change), there)


def test_a_member_that_was_changed(session: Path, there: Machine, tmp_path: Path) -> None:
    bundle(session, tmp_path / "b")
    files = unpacked(tmp_path / "b")
    files[FILE] = files[FILE].replace(b"a question", b"A question")
    assert "is not what the manifest says" in refused(archive(tmp_path / "b", list(files.items())), there)


def test_a_name_that_two_members_have(session: Path, there: Machine, tmp_path: Path) -> None:
    bundle(session, tmp_path / "b")
    files = list(unpacked(tmp_path / "b").items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive(tmp_path / "b", [*files, files[1]])
    assert "the same name" in refused(tmp_path / "b", there)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_members_that_are_no_files(kind: int, session: Path, there: Machine, tmp_path: Path) -> None:
    bundle(session, tmp_path / "b")
    files = unpacked(tmp_path / "b")
    about = zipfile.ZipInfo(FILE)
    about.create_system = 3
    about.external_attr = (kind | 0o777) << 16
    made = archive(tmp_path / "b", [("manifest.json", files["manifest.json"]), (about, files[FILE])])
    assert "is no regular file" in refused(made, there)


def test_a_small_archive_that_would_become_big(session: Path, there: Machine, tmp_path: Path) -> None:
    bomb = remade(session, tmp_path / "b", lambda _, files: files.update({FILE: files[FILE] + b"\n" * 50_000_000}))
    assert bomb.stat().st_size < 100_000
    assert "bytes would become 500" in refused(bomb, there)


def test_a_size_that_is_a_lie(session: Path, there: Machine, tmp_path: Path) -> None:
    bomb = remade(session, tmp_path / "b", lambda _, files: files.update({FILE: files[FILE] + b"\n" * 50_000_000}))
    data = bytearray(bomb.read_bytes())
    for at in (place for place in range(len(data)) if data[place : place + 4] == b"PK\x01\x02"):
        data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    bomb.write_bytes(data)
    refused(bomb, there)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"a foreign file", bytes(10_000)])
def test_what_is_no_bundle(data: bytes, there: Machine, tmp_path: Path) -> None:
    there.folder.mkdir()
    (tmp_path / "b").write_bytes(data)
    assert "is no bundle to be trusted" in refused(tmp_path / "b", there)


def test_somebody_elses_archive(there: Machine, tmp_path: Path) -> None:
    there.folder.mkdir()
    assert "there is no 'manifest.json'" in refused(archive(tmp_path / "b", [("setup.py", b"x")]), there)


def test_sessions_that_would_be_called_the_same(session: Path, there: Machine, tmp_path: Path) -> None:
    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files["files/1"] = files[FILE]
        manifest["members"].append({"name": "files/1"})
        manifest["sessions"].append(manifest["sessions"][0] | {"member": "files/1"})

    assert "would be called 'TASK'" in refused(remade(session, tmp_path / "b", change), there)


@pytest.mark.parametrize("identity", ["", " ", "a\0b", "../../evil", "CON", "x" * 70_000])
def test_ids_are_only_ids(identity: str, session: Path, there: Machine, tmp_path: Path) -> None:
    bad = remade(session, tmp_path / "b", lambda manifest, _: manifest["sessions"][0].update(external_id=identity))
    there.here()
    try:
        (landed,) = unbundle(bad)
    except PersistenceError:
        assert not there.folder.exists()
    else:
        assert landed.file.parent == there.registry.sessions
        assert [path for path in everything(tmp_path) if path.endswith(".jsonl") and path.startswith("there")] == [
            str(landed.file.relative_to(tmp_path))
        ]


def test_a_bundle_with_any_byte_changed_is_refused_or_means_the_same(
    session: Path, there: Machine, tmp_path: Path
) -> None:
    bundle(session, tmp_path / "b")
    there.here()
    unbundle(tmp_path / "b")
    good, before = (tmp_path / "b").read_bytes(), everything(there.folder)
    dice = random.Random(1)  # noqa: S311  # a test that is the same each time
    for _ in range(150):
        data = bytearray(good)
        for _ in range(dice.randrange(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        (tmp_path / "b").write_bytes(data[: dice.randrange(len(data))] if dice.random() < 0.1 else data)
        with contextlib.suppress(BundleError):
            assert [(one.external_id, one.was_there) for one in unbundle(tmp_path / "b")] == [("TASK", True)]
        assert everything(there.folder) == before
