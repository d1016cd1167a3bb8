"""Sessions that may be pruned, and processes that are killed while they prune."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from session_stage import BEGIN_MS, Tale

from pi_session_persistence import Registry
from pi_session_persistence.registry import checkpoint
from pi_session_persistence.retention import Candidate, Trash

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Killed", "candidate", "old_session"]

#: What the audit hook of Python tells before it happens, and what changes something on the disk.
CHANGES = frozenset(
    {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "sqlite3.connect"}
)


def old_session(file: Path, name: str = "s-1", *, external_id: str | None = None) -> Path:
    """A session that nobody wrote to for long, with two side files."""
    tale = Tale(name, cwd=str(file.parent))
    tale.turn("a question", "an answer")
    tale.write(file)
    for suffix in (".bak-0123456789ab", ".salvage-0123456789ab"):
        file.with_name(f"{file.name}{suffix}").write_text(suffix)
    if external_id is not None:
        ids = Registry()
        ids.claim(external_id, file=file)
        ids.update(external_id, checkpoint=checkpoint(file), pi_session_id=name)
    os.utime(file, (BEGIN_MS / 1000, BEGIN_MS / 1000))
    return file


def candidate(file: Path) -> Candidate:
    return Candidate(file=file, modified=BEGIN_MS, size=file.stat().st_size, session_id="s-1", title="a question")


class Killed:
    """Runs something in a process of its own that is killed just before its n-th change on the disk."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def at(self, number: int) -> bool:
        """Do it; tell whether it was killed before it was through."""
        process = os.fork()
        if not process:
            self._run(number)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL

    def _run(self, left: int) -> None:
        def count(event: str, _arguments: object) -> None:
            nonlocal left
            left -= event in CHANGES
            if event in CHANGES and not left:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            self._work()
        except BaseException as error:  # noqa: BLE001  # this process must not go on as the test
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)


def main() -> None:
    """Kill one of the three at each moment; the states that are left are told, and checked by the test."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    number = 0
    killed = True
    while killed:
        number += 1
        killed = _one(what, folder / str(number), number)
    print(number)  # noqa: T201  # for the test


def _one(what: str, folder: Path, number: int) -> bool:
    os.environ["PI_SESSION_HOME"] = str(folder / "ids")
    file = old_session(folder / "sessions" / "s.jsonl", external_id="TASK")
    data, trash = file.read_bytes(), Trash()
    moves = {
        "prune": lambda: trash.put(candidate(file), quiet_s=60),
        "restore": lambda: trash.restore(trash.find("TASK")),
        "delete": lambda: trash.delete(trash.find("TASK")),
    }
    if what != "prune":
        trash.put(candidate(file), quiet_s=60)
    killed = Killed(moves[what]).at(number)
    _check_one_place(what, file, data, killed=killed)
    _check_settled(file, data)
    return killed


def _check_one_place(what: str, file: Path, data: bytes, *, killed: bool) -> None:
    """Whenever it is killed, the session is here, or in the trash with its manifest; or deleted, if that was wanted."""
    there = [path for path in file.parent.rglob("s.jsonl") if path.read_bytes() == data]
    if what == "delete":
        assert len(there) <= killed
        assert file not in there
    else:
        assert len(there) == 1
    if there and there[0] != file and not there[0].parent.name.endswith(".deleted"):
        assert (there[0].parent / "manifest.json").exists()


def _check_settled(file: Path, data: bytes) -> None:
    """Afterwards everything that belongs to it is where it is."""
    entries, ids = Trash().entries(), Registry()
    names = {f"{file.name}.bak-0123456789ab", f"{file.name}.salvage-0123456789ab"}
    # A lock that nobody holds any more may be left.
    beside = {path.name for path in file.parent.iterdir() if path.is_file() and path.suffix != ".lock"}
    if file.exists():
        assert not entries
        assert file.read_bytes() == data
        assert beside == {file.name, *names}
        record = ids.get("TASK")
        assert record is not None
        assert record.checkpoint is not None
        assert record.checkpoint.sha256 == checkpoint(file).sha256
        return
    assert not beside
    assert ids.get("TASK") is None
    if not entries:
        _check_nothing_left(file)
    for one in entries:
        assert {path.name for path in one.folder.iterdir()} == {file.name, "manifest.json", *names}
        Trash().restore(one)
        _check_settled(file, data)


def _check_nothing_left(file: Path) -> None:
    """Of what was deleted nothing is left, once nobody can be at it any more."""
    for link in Trash().folder.iterdir():
        os.utime(link, (1, 1), follow_symlinks=False)
    assert Trash().entries() == []
    assert [path for path in file.parent.rglob("*") if path.suffix != ".lock"] == []
    assert list(Trash().folder.iterdir()) == []


if __name__ == "__main__":
    main()
