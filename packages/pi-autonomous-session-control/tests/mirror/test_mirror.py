"""What is written down, and what of it counts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from pi_autonomous_session_control.mirror import Beginning, Mirror, Moved, Result, Turn, TurnEnded, UserShell, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., Mirror]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Mirror] = []
    (tmp_path / "work").mkdir()

    def start(session: str = "s1", **given: Any) -> Mirror:
        members = {"file": str(tmp_path / f"{session}.jsonl"), "cwd": str(tmp_path / "work"), "reason": "startup"}
        beginning = Beginning(session=session, **{**members, **given})
        mirror = Mirror(tmp_path / "self" / "m.sqlite3", beginning, tell=told.append)
        assert mirror.ready.wait(20)
        started.append(mirror)
        return mirror

    told: list[str] = []
    yield start
    for mirror in started:
        mirror.close()
    assert told == []


def bash(mirror: Mirror, entry: str | None, call: str, command: str, said: str = "ok") -> None:
    given = {"command": command}
    mirror.call(entry, call, "bash", given)
    mirror.result(entry, (call, "bash", given), [{"type": "text", "text": said}], failed=False)


def commands(mirror: Mirror) -> list[str]:
    assert mirror.drain(20)
    return [run.command for run in fold(mirror.events()).commands]


def test_what_comes_before_its_entry_is_tied_to_the_next_one(start: Start) -> None:
    mirror = start(leaf="e1")
    mirror.note(Turn(at=1, entry="e1"), early=True)
    mirror.note(UserShell(at=2, entry="e1", command="ls"), early=True)
    mirror.note(TurnEnded(at=3, entry="e2"))
    mirror.drain(20)
    mirror.stand(["e1"])
    mirror.drain(20)
    assert fold(mirror.events()).turns == 0
    mirror.stand(["e1", "e2"])
    mirror.drain(20)
    assert fold(mirror.events()).turns == 1


def test_what_was_begun_on_a_branch_stays_there(start: Start) -> None:
    mirror = start(leaf="e1")
    mirror.note(Turn(at=1, entry="e2"), early=True)
    mirror.note(Moved(at=2, entry="e2", to="e1"))
    mirror.stand(["e1"])
    mirror.note(TurnEnded(at=3, entry="e9"))
    mirror.drain(20)
    assert fold(mirror.events()).turns == 0


def test_a_call_without_its_result_is_no_command(start: Start) -> None:
    mirror = start()
    mirror.call("e1", "c1", "bash", {"command": "sleep 9"})
    assert commands(mirror) == []


def test_a_result_without_its_call_still_counts(start: Start) -> None:
    mirror = start()
    mirror.result("e1", ("c1", "bash", {"command": "ls"}), [], failed=False)
    assert commands(mirror) == ["ls"]


def test_a_fork_takes_over_what_is_on_its_branch(start: Start, tmp_path: Path) -> None:
    parent = start("s1", leaf="e1")
    bash(parent, "e2", "c1", "echo kept")
    bash(parent, "e3", "c2", "echo left")
    parent.drain(20)
    fork = start("s2", leaf="e2", parent=str(tmp_path / "s1.jsonl"))
    fork.stand(["e1", "e2"])
    bash(fork, "e9", "c3", "echo new")
    assert commands(fork) == ["echo kept", "echo new"]
    assert commands(parent) == ["echo kept", "echo left"]


def test_another_process_on_the_session_is_heard(start: Start) -> None:
    one, two = start(), start()
    one.drain(20)
    two.drain(20)
    two.has_news()
    bash(one, "e2", "c1", "echo one")
    one.drain(20)
    assert two.has_news()
    assert not two.has_news()
    two.stand(["e2"])
    assert commands(two) == ["echo one"]


def test_a_session_without_a_file_ends_with_its_process(start: Start) -> None:
    one = start(file=None)
    bash(one, "e1", "c1", "echo one")
    one.drain(20)
    two = start(file=None)
    two.stand(["e1"])
    assert commands(two) == []


def test_secrets_are_not_written_down(start: Start, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    mirror = start()
    bash(mirror, "e1", "c1", f"curl -H 'Authorization: Bearer {secret}' x", f"bad {secret}")
    assert "[secret: " in commands(mirror)[0]
    mirror.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "self").iterdir())
    assert secret.encode() not in written


def test_contents_are_not_written_down(start: Start, tmp_path: Path) -> None:
    mirror = start()
    given = {"path": "a.txt", "content": "only for the file"}
    (tmp_path / "work" / "a.txt").write_text(given["content"])
    mirror.call("e1", "c1", "write", given)
    mirror.result("e1", ("c1", "write", given), [], failed=False)
    mirror.drain(20)
    assert fold(mirror.events()).operations == 1
    written = b"".join(path.read_bytes() for path in (tmp_path / "self").iterdir())
    assert b"only for the file" not in written


def test_what_json_and_utf_8_do_not_know_does_no_harm(start: Start, tmp_path: Path) -> None:
    mirror = start()
    mirror.call("e1", "c1", "odd", {"x": object(), "y": "\ud800"})
    mirror.result("e1", ("c1", "odd", {"x": object()}), None, failed=True)
    (tmp_path / "work" / os.fsdecode(b"not-utf-8-\xff")).write_text("x")
    mirror.look("e1")
    mirror.drain(20)
    assert fold(mirror.events()).operations == 1
    assert [event.failed for event in mirror.events() if isinstance(event, Result)] == [True]


def test_a_killed_process_loses_nothing_that_had_a_moment(start: Start, tmp_path: Path) -> None:
    code = f"""
        import time
        from pathlib import Path
        from pi_autonomous_session_control.mirror import Beginning, Mirror
        start = Beginning(session="s1", file="{tmp_path}/s1.jsonl", cwd="{tmp_path}/work", reason="startup")
        mirror = Mirror(Path("{tmp_path}/self/m.sqlite3"), start, tell=print)
        mirror.ready.wait(20)
        for number in range(200):
            given = {{"command": f"echo {{number}}"}}
            mirror.call("e1", f"c{{number}}", "bash", given)
            mirror.result("e1", (f"c{{number}}", "bash", given), [], failed=False)
        mirror.drain(20)
        print("written", flush=True)
        time.sleep(60)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    mirror = start()
    mirror.stand(["e1"])
    assert len(commands(mirror)) == 200


def test_without_a_place_for_the_log_it_works_until_pi_ends(tmp_path: Path) -> None:
    (tmp_path / "self").write_text("a file where the folder should be")
    told: list[str] = []
    beginning = Beginning(session="s1", file=None, cwd=str(tmp_path), reason="startup")
    mirror = Mirror(tmp_path / "self" / "m.sqlite3", beginning, tell=told.append)
    bash(mirror, None, "c1", "ls")
    assert commands(mirror) == ["ls"]
    assert len(told) == 1
    assert "forgets this session" in told[0]
    mirror.close()
