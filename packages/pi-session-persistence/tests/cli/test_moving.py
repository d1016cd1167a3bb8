from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, NamedTuple

import pytest
from session_stage import Tale

from pi_session_persistence import Registry, lock
from pi_session_persistence.cli import main

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from pi_session_persistence.cli import main; main()"]


class Done(NamedTuple):
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


class Machine:
    """A machine where somebody types commands."""

    def __init__(self, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.registry = Registry(folder / "ids")
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PI_SESSION_HOME": str(folder / "ids")}
        self.env |= {"PI_SESSION_STORE": str(store), "COLUMNS": "120"}

    def run(self, *words: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with self.monkeypatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.delenv("PI_SESSION_STORE", raising=False)
            patch.delenv("PI_CODING_AGENT_DIR", raising=False)
            for name, value in self.env.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["pi-session", *words])
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())

    def told(self, *words: str) -> tuple[int, str]:
        """What a command answers, if it complains about nothing."""
        done = self.run(*words)
        assert done.stderr == ""
        return done.returncode, done.stdout

    def file(self, external_id: str) -> Path:
        return self.registry.claim(external_id).pi_file

    def say(self, external_id: str, text: str) -> None:
        tale = Tale("s-1", prefix=text[:3])
        file = self.file(external_id)
        if file.exists():
            tale.data = b""
        tale.user(text)
        with file.open("ab") as end:
            end.write(tale.data)


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "one", tmp_path / "store", monkeypatch)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "two", tmp_path / "store", monkeypatch)


def test_a_session_goes_to_another_machine_and_back(one: Machine, two: Machine) -> None:
    one.say("TASK", "hello")
    one.say("TASK", "again")
    code, out = one.told("push", "TASK", "--create")
    assert (code, out.startswith("TASK  pushed 2 entries ("), out.endswith(" B, 2 segments)\n")) == (0, True, True)
    assert one.told("push", "TASK") == (0, "TASK  up to date\n")
    assert two.told("pull", "TASK")[1].startswith("TASK  pulled 2 entries (")
    two.say("TASK", "more")
    assert one.told("pull", "TASK") == (0, "TASK  up to date\n")
    assert two.told("pull", "TASK") == (0, "TASK  nothing to pull; 1 entry more here\n")
    assert two.told("sync", "TASK")[1].startswith("TASK  pushed 1 entry (")
    assert one.told("push", "TASK") == (0, "TASK  nothing to push; 1 entry more in the store\n")
    assert one.told("sync", "TASK")[1].startswith("TASK  pulled 1 entry (")
    assert one.file("TASK").read_bytes() == two.file("TASK").read_bytes()


def test_all_are_those_here_and_those_in_the_store(one: Machine, two: Machine) -> None:
    for name in ("A", "B/\n1"):
        one.say(name, "hello")
    two.say("C", "hello")
    assert [line.split()[0] for line in one.told("push", "--all", "--create")[1].splitlines()] == ["A", "B/\\n1"]
    assert two.told("sync", "--all", "--dry-run") == (
        0,
        "C      would be pushed\nA      would be pulled\nB/\\n1  would be pulled\n",
    )
    assert two.told("pull", "--all")[1].count("pulled") == 2
    assert two.told("push", "--all")[1].count("up to date") == 2
    assert one.told("sync", "--all")[1].count("pulled") == 1
    assert {record.external_id for record in one.registry.records()} == {"A", "B/\n1", "C"}


def test_where_there_is_nothing_that_is_told(one: Machine) -> None:
    assert one.told("push", "--all", "--create") == (0, "there is nothing to push\n")
    assert one.told("pull", "--all", "--json") == (0, "")


def test_a_conflict_is_told_and_both_are_kept(one: Machine, two: Machine) -> None:
    one.say("TASK", "hello")
    one.told("push", "TASK", "--create")
    two.told("pull", "TASK")
    one.say("TASK", "on one")
    two.say("TASK", "two has this")
    one.told("push", "TASK")
    assert two.told("sync", "TASK", "--dry-run") == (1, "TASK  changed here and elsewhere; both would be kept\n")
    done = two.run("sync", "TASK", "--json")
    (fork,) = json.loads(done.stdout)["forks"]
    assert (done.returncode, done.stderr, fork["id"][:5]) == (1, "", "TASK~")
    assert two.told("sync", "--all")[1].count("up to date") == 2
    assert fork["id"] in one.told("pull", "--all")[1]
    assert "two has this" in one.file(fork["id"]).read_text()
    one.say("TASK", "1 more")
    two.say("TASK", "2 more")
    one.told("push", "TASK")
    code, out = two.told("push", "TASK")
    assert (code, "both are kept" in out, "'TASK~" in out) == (1, True, True)


def test_a_session_without_an_external_id_goes_by_pis_own(one: Machine, two: Machine, tmp_path: Path) -> None:
    tale = Tale("0199-aa-bb")
    tale.turn("hello", "hi")
    file = tale.write(tmp_path / "one/.pi/agent/sessions/--work-proj--/2026_0199-aa-bb.jsonl")
    assert one.told("push", str(file), "--create")[1].startswith("0199-aa-bb  pushed 2 entries")
    assert two.told("pull", "--all")[1].startswith("0199-aa-bb  pulled 2 entries")
    there = tmp_path / "two/.pi/agent/sessions/--work-proj--/2026_0199-aa-bb.jsonl"
    assert there.read_bytes() == tale.data
    assert two.told("sync", "0199-aa")[1] == "0199-aa-bb  up to date\n"
    tale.turn("more", "yes")
    tale.write(file)
    assert one.told("push", "--all")[1].startswith("0199-aa-bb  pushed 2 entries")
    assert two.told("sync", "0199-aa-bb")[1].startswith("0199-aa-bb  pulled 2 entries")


def test_a_session_does_not_take_the_place_of_another_one(one: Machine, two: Machine, tmp_path: Path) -> None:
    folder = ".pi/agent/sessions/--work-proj--"
    Tale("0199-mine").write(tmp_path / "two" / folder / "notes.jsonl")
    file = Tale("0199-other").write(tmp_path / "one" / folder / "notes.jsonl")
    one.told("push", str(file), "--create")
    assert two.told("pull", "--all")[1].startswith("0199-other  pulled")
    assert len(list((tmp_path / "two" / folder).glob("*.jsonl"))) == 2
    assert two.told("sync", "--all") == (0, "0199-other  up to date\n")


def test_one_that_fails_does_not_stop_the_others(one: Machine) -> None:
    one.say("A", "hello")
    one.say("B", "hello")
    one.file("A").write_text("no session\n")
    done = one.run("push", "nobody", "--create", "A", "B")
    assert done.returncode == 1
    assert done.stdout.startswith("B")
    first, second = done.stderr.splitlines()
    assert "no session is called 'nobody', neither here nor in the store" in first
    assert "no session that pi would open" in second
    lines = [json.loads(line) for line in one.run("push", "nobody", "A", "B", "--json").stdout.splitlines()]
    assert [line.get("action") or line["id"] for line in lines] == ["nobody", "A", "same"]


def test_a_session_in_use_is_told(one: Machine, two: Machine) -> None:
    one.say("TASK", "hello")
    one.told("push", "TASK", "--create")
    two.told("pull", "TASK")
    one.say("TASK", "more")
    one.told("push", "TASK")
    with lock(two.file("TASK"), what="somebody"):
        done = two.run("pull", "TASK")
    assert (done.returncode, done.stdout, "in use by somebody" in done.stderr) == (1, "", True)


def test_what_cannot_be_done_at_all_is_exit_code_2(one: Machine, tmp_path: Path) -> None:
    one.say("TASK", "hello")
    for words in (("push",), ("push", "TASK", "--all"), ("pull", "TASK"), ("sync", "TASK", "--store", "ftp:x")):
        done = one.run(*words)
        assert (done.returncode, done.stdout, bool(done.stderr)) == (2, "", True)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("dear")
    done = one.run("push", "TASK", "--create", "--store", str(tmp_path / "home"))
    assert (done.returncode, "other things in it" in done.stderr) == (2, True)
    del one.env["PI_SESSION_STORE"]
    assert one.run("pull", "--all").returncode == 2


def test_damage_in_the_store_is_told_and_mended(one: Machine, two: Machine, tmp_path: Path) -> None:
    one.say("A", "hello")
    one.say("B", "hello")
    one.told("push", "--all", "--create")
    (head,) = (tmp_path / "store").glob("sessions/a-*/head.json")
    head.write_bytes(head.read_bytes()[:100])
    done = two.run("pull", "--all")
    assert (done.returncode, done.stdout[:1]) == (1, "B")
    assert "push --mend" in done.stderr
    assert one.run("sync", "A").returncode == 1
    assert one.told("push", "A", "--mend")[0] == 0
    assert two.told("pull", "--all")[0] == 0


def test_a_store_that_goes_away_in_the_middle_is_told_once(one: Machine, tmp_path: Path) -> None:
    for name in ("A", "B", "C"):
        one.say(name, "hello")
    one.told("push", "A", "--create")
    one.say("A", "more")
    (tmp_path / "store" / ".lock").unlink()
    (tmp_path / "store" / ".lock").mkdir()
    done = one.run("sync", "--all")
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert "nothing is lost, try again" in first
    assert second.endswith("2 more were not looked at, from 'B' on")


def test_a_person_sees_how_far_it_is(one: Machine) -> None:
    for number in range(5):
        one.say(f"T{number}", "hello")
    reading, writing = pty.openpty()
    env = one.env | {"TERM": "xterm"}
    with subprocess.Popen(
        [*COMMAND, "push", "--all", "--create"], env=env, stdout=subprocess.PIPE, stderr=writing, text=True
    ) as process:
        os.close(writing)
        out, _ = process.communicate(timeout=50)
    assert b"push sessions" in os.read(reading, 65536)
    os.close(reading)
    assert out.count("pushed") == 5
