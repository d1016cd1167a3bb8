"""Runs on sessions that live in a store: brought before the run, taken back after it, whatever happens between."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from launcher_support import Caller

from pi_session_persistence import PiFailedError, UndeliveredError, examine
from pi_session_persistence.stores import DirectoryStore, StoreCourier, Vault
from pi_testkit import Fail, Say

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess, Popen

    from pi_testkit import Pi

NEWEST = pytest.mark.pi_versions("1.5.2")


class Machine(NamedTuple):
    """A machine with a folder of its own that runs pi on sessions of the store."""

    caller: Caller
    cwd: Path
    store: Path

    def words(self, prompt: str) -> tuple[str, ...]:
        return ("run", "TASK", prompt, "--store", str(self.store), "--cwd", str(self.cwd), "--cwd-policy", "rewrite")

    def run(self, prompt: str) -> CompletedProcess[str]:
        return self.caller.command(*self.words(prompt))

    def start(self, prompt: str) -> Popen[str]:
        return self.caller.start(*self.words(prompt))


def machine(pi: Pi, folder: Path, store: Path) -> Machine:
    (folder / "proj").mkdir(parents=True)
    return Machine(Caller(pi, folder), folder / "proj", store)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return DirectoryStore.create(tmp_path / "store").folder


@pytest.fixture
def one(pi: Pi, tmp_path: Path, store: Path) -> Machine:
    return machine(pi, tmp_path / "one", store)


@pytest.fixture
def two(pi: Pi, tmp_path: Path, store: Path) -> Machine:
    return machine(pi, tmp_path / "two", store)


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_conversation_goes_to_another_machine_and_back(pi: Pi, one: Machine, two: Machine) -> None:
    pi.model.add(Say("one"), Say("two"), Say("three"))
    for at, prompt, answer in ((one, "first", "one\n"), (two, "second", "two\n"), (one, "third", "three\n")):
        done = at.run(prompt)
        assert (done.returncode, done.stdout, done.stderr) == (0, answer, "")
        assert f'"cwd":"{at.cwd}"' in at.caller.file("TASK").read_text().replace('": "', '":"')
    assert pi.model.requests[-1].texts("user") == ["first", "second", "third"]


@NEWEST
def test_a_folder_that_is_on_the_other_machine_only_is_told(pi: Pi, one: Machine, two: Machine) -> None:
    pi.model.add(Say("one"), Say("two"))
    one.run("first")
    one.cwd.rmdir()
    done = two.caller.command("run", "TASK", "second", "--store", str(two.store))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"belongs to the folder '{one.cwd}', which is gone, or on another machine" in done.stderr
    assert "--cwd DIR --cwd-policy rewrite" in done.stderr
    assert two.run("second").stdout == "two\n"
    assert pi.model.requests[-1].texts("user") == ["first", "second"]


@NEWEST
def test_a_fork_for_another_folder_takes_the_id_along(pi: Pi, one: Machine, two: Machine) -> None:
    pi.model.add(Say("one"), Say("two"), Say("three"))
    one.run("first")
    words = two.words("second")
    assert one.caller.command(*words[:-1], "fork").stdout == "two\n"
    assert two.run("third").stdout == "three\n"
    assert pi.model.requests[-1].texts("user") == ["first", "second", "third"]


@NEWEST
def test_two_machines_at_once_are_a_conflict_that_keeps_both(pi: Pi, one: Machine, two: Machine) -> None:
    pi.model.add(Say("begun"))
    one.run("begin")
    pi.model.add(Say("answer", delay=2), Say("answer", delay=2))
    running = [one.start("said on one"), two.start("said on two")]
    done = [(*process.communicate(timeout=40), process.returncode) for process in running]
    assert sorted(code for _, _, code in done) == [0, 1]
    assert [out for out, _, _ in done] == ["answer\n", "answer\n"]
    (loser,) = (number for number, (_, _, code) in enumerate(done) if code)
    first, second = (one, two) if loser else (two, one)
    fork = re.search(r"a fork with the id '(TASK~\w+)'; nothing is lost", done[loser][1])
    assert fork is not None
    pi.model.add(Say("x"), Say("y"))
    second.run("go on")
    assert pi.model.requests[-1].texts("user") == ["begin", f"said on {'one' if loser else 'two'}", "go on"]
    # The other machine has never seen the fork.
    words = first.words("go on")
    assert first.caller.command("run", fork[1], *words[2:]).returncode == 0
    assert pi.model.requests[-1].texts("user") == ["begin", f"said on {'two' if loser else 'one'}", "go on"]


@NEWEST
def test_a_store_that_is_gone_before_the_run_is_told_and_nothing_runs(pi: Pi, one: Machine) -> None:
    one.store.rename(one.store.with_name("elsewhere"))
    done = one.run("first")
    assert (done.returncode, done.stdout, "is the drive mounted" in done.stderr) == (1, "", True)
    assert pi.model.requests == []


@NEWEST
def test_a_store_that_goes_away_during_the_run_gets_it_the_next_time(pi: Pi, one: Machine, two: Machine) -> None:
    pi.model.add(Say("one", delay=1), Say("two"), Say("three"))
    process = one.start("first")
    one.caller.wait_for_request(1)
    one.store.rename(one.store.with_name("elsewhere"))
    out, err = process.communicate(timeout=40)
    assert (process.returncode, out, "is the drive mounted" in err) == (1, "one\n", True)
    one.store.with_name("elsewhere").rename(one.store)
    assert one.run("second").returncode == 0
    assert two.run("third").returncode == 0
    assert pi.model.requests[-1].texts("user") == ["first", "second", "third"]


@NEWEST
def test_what_was_run_is_not_forgotten_over_what_was_not_delivered(pi: Pi, one: Machine) -> None:
    pi.model.add(Say("one"), Fail(400, "no such thing"))
    courier = StoreCourier(DirectoryStore(one.store), one.caller.registry)

    def leave(_: object) -> None:
        if one.store.exists():
            one.store.rename(one.store.with_name("elsewhere"))

    with pytest.raises(UndeliveredError, match="is the drive mounted") as caught:
        one.caller.run("TASK", "first", mode="json", courier=courier, on_event=leave)
    assert caught.value.result.text == "one"
    one.store.with_name("elsewhere").rename(one.store)
    with pytest.raises(PiFailedError, match="no such thing") as failed:
        one.caller.run("TASK", "second", mode="json", courier=courier, on_event=leave)
    assert "is the drive mounted" in failed.value.__notes__[0]


@pytest.mark.parametrize("after_s", [0.5, 1.1])
@NEWEST
def test_killed_at_any_time_the_next_run_elsewhere_goes_on(pi: Pi, one: Machine, two: Machine, after_s: float) -> None:
    pi.model.add(Say("one"), *[Say("x", delay=0.1)] * 4)
    one.run("first")
    process = one.start("second")
    time.sleep(after_s)
    process.kill()
    process.communicate()
    two.run("third")
    assert pi.model.requests[-1].texts("user")[0] == "first"
    one.run("fourth")
    one.run("fifth")
    kept = b"".join(path.read_bytes() for path in one.caller.registry.sessions.glob("*.jsonl"))
    asked = {text for request in pi.model.requests for text in request.texts("user")}
    assert not [text for text in asked if text.encode() not in kept]
    assert not [path for path in one.caller.registry.sessions.glob("*.jsonl") if examine(path).damage]
    head = Vault(DirectoryStore(one.store)).head("TASK")
    assert head is not None
    assert head.manifest.size == one.caller.file("TASK").stat().st_size
