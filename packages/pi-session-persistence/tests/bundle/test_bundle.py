"""What goes into a bundle, and what comes out of it elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bundle_support import everything, unpacked
from session_stage import Tale

from pi_session_persistence import Registry, examine, fork_file, lock
from pi_session_persistence.bundle import BundleError, bundle, unbundle
from pi_session_persistence.registry import is_beginning

if TYPE_CHECKING:
    from bundle_support import Machine

OUTPUT = "pi-bash-0123456789abcdef.log"


def session(machine: Machine, external_id: str = "TASK", name: str = "s-1", **more: Any) -> Path:
    """A session with an id, in the folder `/work/proj`."""
    file = machine.registry.claim(external_id).pi_file
    tale = Tale(name, **more)
    tale.turn("a question", "an answer")
    tale.add("unheard-of", payload={"z": 1.50, "a": "\u2028 é"})
    return tale.write(file)


def header(file: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(file.read_bytes().split(b"\n")[0])
    return made


def test_a_session_comes_out_as_it_went_in_but_for_its_header(here: Machine, there: Machine, tmp_path: Path) -> None:
    file = session(here)
    made = bundle(file, tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b", cwd=tmp_path)
    assert made.sessions == [file]
    assert made.size == (tmp_path / "b").stat().st_size
    assert landed.file == there.registry.path_of("TASK")
    assert landed.file.read_bytes().split(b"\n")[1:] == file.read_bytes().split(b"\n")[1:]
    origin = {"file": str(file), "cwd": "/work/proj", "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert header(landed.file) == header(file) | {"cwd": str(tmp_path), "externalId": "TASK", "origin": origin}
    assert landed.file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_the_registry_knows_where_it_stands(here: Machine, there: Machine, tmp_path: Path) -> None:
    bundle(session(here), tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b")
    record = there.registry.get("TASK")
    assert record is not None
    assert record.pi_session_id == "s-1"
    assert record.checkpoint is not None
    assert is_beginning(landed.file, record.checkpoint)
    assert examine(landed.file).damage == []


def test_the_same_session_makes_the_same_bytes(here: Machine, tmp_path: Path) -> None:
    file = session(here)
    bundle(file, tmp_path / "one")
    os.utime(file, (1, 1))
    bundle(file, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_bundle_overwrites_nothing(here: Machine, tmp_path: Path) -> None:
    file = session(here)
    (tmp_path / "b").write_text("something")
    with pytest.raises(BundleError, match="is there already"):
        bundle(file, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "something"
    with pytest.raises(BundleError, match="is no folder"):
        bundle(file, tmp_path / "missing" / "b")


def test_parents_come_along_and_are_found_where_they_landed(here: Machine, there: Machine, tmp_path: Path) -> None:
    root = session(here, "ROOT", "root")
    middle, leaf = here.registry.claim("MIDDLE").pi_file, here.registry.claim("LEAF").pi_file
    fork_file(root, middle)
    fork_file(middle, leaf)
    made = bundle(leaf, tmp_path / "b", parents=True)
    there.here()
    landed = unbundle(tmp_path / "b")
    assert made.sessions == [leaf, middle, root]
    assert [one.external_id for one in landed] == ["LEAF", "MIDDLE", "ROOT"]
    assert header(landed[0].file)["parentSession"] == str(landed[1].file)
    assert header(landed[1].file)["parentSession"] == str(landed[2].file)
    record = there.registry.get("LEAF")
    assert record is not None
    assert record.parent == "MIDDLE"


def test_a_parent_that_is_not_there_is_no_problem(here: Machine, there: Machine, tmp_path: Path) -> None:
    file = session(here, parentSession="/work/gone.jsonl")
    assert bundle(file, tmp_path / "b", parents=True).sessions == [file]
    there.here()
    (landed,) = unbundle(tmp_path / "b", moved={"/work": "/srv"})
    assert header(landed.file)["parentSession"] == "/srv/gone.jsonl"


def test_a_parent_that_went_on_here_stays_as_it_is(here: Machine, there: Machine, tmp_path: Path) -> None:
    root, leaf = session(here, "ROOT", "root"), here.registry.claim("LEAF").pi_file
    fork_file(root, leaf)
    bundle(leaf, tmp_path / "b", parents=True)
    there.here()
    other = session(there, "ROOT", "another")
    before = other.read_bytes()
    landed = unbundle(tmp_path / "b")
    assert [(one.was_there, one.differs) for one in landed] == [(False, False), (True, True)]
    assert other.read_bytes() == before
    assert header(landed[0].file)["parentSession"] == str(other)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"/work": "/srv"}, "/srv/proj"),
        ({"/work": "/srv", "/work/proj/": "/home/x/"}, "/home/x"),
        ({"/work/pro": "/srv"}, "/work/proj"),
        ({}, "/work/proj"),
    ],
)
def test_folders_that_are_elsewhere(
    here: Machine, there: Machine, tmp_path: Path, moved: dict[str, str], expected: str
) -> None:
    bundle(session(here), tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b", moved=moved)
    assert landed.cwd == expected == header(landed.file)["cwd"]


@pytest.mark.usefixtures("here")
def test_a_session_without_an_external_id_is_called_by_pis(there: Machine, tmp_path: Path) -> None:
    file = Tale("0199-abc").write(tmp_path / "plain.jsonl")
    bundle(file, tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b")
    assert landed.external_id == "0199-abc"
    assert Registry.current().get("0199-abc") is not None


def test_what_is_here_already_is_never_overwritten(here: Machine, there: Machine, tmp_path: Path) -> None:
    bundle(session(here), tmp_path / "b")
    there.here()
    (first,) = unbundle(tmp_path / "b", cwd=tmp_path)
    before = everything(there.folder)
    assert unbundle(tmp_path / "b", cwd=tmp_path)[0].was_there
    with pytest.raises(BundleError, match="--as"):
        unbundle(tmp_path / "b", cwd=tmp_path / "other")
    with first.file.open("ab") as file:
        file.write(b'{"type":"label","id":"l","parentId":null,"timestamp":"2026","targetId":"e1"}\n')
    assert unbundle(tmp_path / "b", cwd=tmp_path)[0].was_there
    assert everything(there.folder).keys() == before.keys()
    (second,) = unbundle(tmp_path / "b", external_id="OTHER")
    assert second.file != first.file


def test_an_id_whose_file_is_gone_is_not_taken(here: Machine, there: Machine, tmp_path: Path) -> None:
    bundle(session(here), tmp_path / "b")
    there.here()
    unbundle(tmp_path / "b")[0].file.unlink()
    with pytest.raises(BundleError, match="is gone"):
        unbundle(tmp_path / "b")


def with_outputs(machine: Machine, folder: Path) -> tuple[Path, list[Path]]:
    """A session that refers to outputs in both places where pi refers to some."""
    outputs = [folder / OUTPUT, folder / "pi-mcp-fedcba9876543210.txt"]
    for number, path in enumerate(outputs):
        path.write_text(f"the whole output {number}")
    tale = Tale()
    shell = {"command": "x", "output": "part", "exitCode": 0, "cancelled": False, "truncated": True}
    tale.message("bashExecution", **shell, fullOutputPath=str(outputs[0]))
    tale.tool("part", details={"fullOutputPath": str(outputs[1]), "kept": 1.0})
    tale.tool("part", details={"fullOutputPath": "/nowhere/pi-bash-0123456789abcdef.log"})
    return tale.write(machine.registry.claim("TASK").pi_file), outputs


def test_outputs_come_along_and_are_referred_to_where_they_landed(
    here: Machine, there: Machine, tmp_path: Path
) -> None:
    file, outputs = with_outputs(here, tmp_path)
    assert bundle(file, tmp_path / "b").outputs == 2
    there.here()
    for path in outputs:
        path.unlink()
    (landed,) = unbundle(tmp_path / "b")
    rows = [json.loads(line) for line in landed.file.read_bytes().splitlines()[1:]]
    shell, details = rows[0]["message"], rows[1]["message"]["details"]
    found = [shell["fullOutputPath"], details["fullOutputPath"]]
    assert [Path(path).read_text() for path in found] == ["the whole output 0", "the whole output 1"]
    assert landed.file.read_bytes().splitlines()[3] == file.read_bytes().splitlines()[3]
    before = [json.loads(line) for line in file.read_bytes().splitlines()[1:]]
    before[0]["message"]["fullOutputPath"], before[1]["message"]["details"]["fullOutputPath"] = found
    assert rows == before
    assert unbundle(tmp_path / "b")[0].was_there


def test_a_session_can_not_make_a_bundle_take_what_is_no_output(here: Machine, tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("a private key")
    link = tmp_path / OUTPUT
    link.symlink_to(secret)
    tale = Tale()
    for path in (secret, link, tmp_path / "sub" / ".." / "id_ed25519", tmp_path, "/proc/self/environ"):
        tale.tool("part", details={"fullOutputPath": str(path)})
    made = bundle(tale.write(here.registry.claim("TASK").pi_file), tmp_path / "b")
    assert made.outputs == 0
    assert b"a private key" not in b"".join(unpacked(tmp_path / "b").values())


def test_side_files_come_along_when_they_are_wanted(here: Machine, there: Machine, tmp_path: Path) -> None:
    file = session(here)
    names = [".bak-0123456789ab", ".salvage-0123456789ab", ".bak-0123456789ab.1"]
    for suffix in (*names, ".bak-other", ".lock"):
        file.with_name(file.name + suffix).write_text(suffix)
    bundle(file, tmp_path / "without")
    bundle(file, tmp_path / "with", side_files=True)
    there.here()
    (landed,) = unbundle(tmp_path / "without")
    assert [path.name for path in landed.file.parent.iterdir()] == [landed.file.name]
    (landed,) = unbundle(tmp_path / "with", external_id="WITH")
    beside = landed.file.parent.glob(f"{landed.file.name}.*")
    assert sorted(path.name.removeprefix(landed.file.name) for path in beside) == sorted(names)


def test_of_a_session_in_use_the_whole_lines_are_taken(here: Machine, there: Machine, tmp_path: Path) -> None:
    file = session(here)
    whole = file.read_bytes()
    with lock(file, what="a test"), file.open("ab") as late:
        late.write(b'{"type":"mess')
        late.flush()
        os.utime(file, (1, 1))
        bundle(file, tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b")
    assert landed.file.read_bytes().split(b"\n")[1:] == whole.split(b"\n")[1:]


def test_damage_comes_along_as_it_is(here: Machine, there: Machine, tmp_path: Path) -> None:
    file = session(here)
    damage = b'garbage \xff\n\n{"type":"mess'
    file.write_bytes(file.read_bytes() + damage)
    os.utime(file, (1, 1))
    bundle(file, tmp_path / "b")
    there.here()
    assert unbundle(tmp_path / "b")[0].file.read_bytes().endswith(damage)


def test_names_and_headers_that_are_no_text_do_not_matter(here: Machine, there: Machine, tmp_path: Path) -> None:
    tale = Tale(cwd="/work/x")
    tale.data = tale.data.replace(b"/work/x", b"/work/\xff")
    tale.turn("a question", "an answer")
    file = here.folder / os.fsdecode(b"\xfe.jsonl")
    bundle(tale.write(file), tmp_path / "b")
    there.here()
    (landed,) = unbundle(tmp_path / "b", cwd=tmp_path)
    assert header(landed.file)["origin"]["file"] == str(file)
    assert examine(landed.file).damage == []


def test_what_is_no_session_is_not_bundled(tmp_path: Path) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text("notes\n")
    with pytest.raises(BundleError, match="no header"):
        bundle(file, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_what_shrinks_very_much_can_be_unpacked_all_the_same(here: Machine, there: Machine, tmp_path: Path) -> None:
    tale = Tale()
    tale.tool("x" * 5_000_000)
    bundle(tale.write(here.registry.claim("TASK").pi_file), tmp_path / "b")
    there.here()
    assert unbundle(tmp_path / "b")[0].file.stat().st_size > 5_000_000
