from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


def git(cwd: Path, *args: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    command = ["git", *identity, *args]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(real: Pi) -> Path:
    folder = real.home.cwd
    git(folder, "init", "-q")
    (folder / "file.txt").write_text("first\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_files_go_back_to_the_end_of_a_turn_even_in_a_later_run_of_pi(real: Pi, repository: Path) -> None:
    file = repository / "file.txt"
    real.model.add(Call("bash", command="echo second > file.txt"), Call("bash", command="echo third > file.txt"))
    real.model.add(Say("done"))
    rpc = real.rpc()
    rpc.prompt("work")
    entries = [entry["data"] for entry in rpc.get_entries()["entries"] if entry.get("customType") == "git-checkpoint"]
    assert [entry["label"] for entry in entries] == ["#1 after bash", "#2 after bash"]
    assert git(repository, "stash", "list") == ""
    rpc.close()

    again = real.rpc(args=["--continue"])
    again.on_ui(lambda request: True if request["method"] == "confirm" else None)
    again.prompt(f"/checkpoint {entries[0]['commit']}")
    assert file.read_text() == "second\n"
    again.prompt("/checkpoint nothing")
    assert "there are: " + ", ".join(entry["commit"] for entry in entries) in again.ui_requests[-1]["message"]


def test_there_is_nothing_to_do_outside_of_a_repository(real: Pi) -> None:
    real.model.add(Call("bash", command="echo x > file.txt"), Say("done"))
    rpc = real.rpc()
    rpc.prompt("work")
    assert [entry for entry in rpc.get_entries()["entries"] if entry["type"] == "custom"] == []
    assert rpc.ui_requests == []


def play(fake: FakePi, commit: str) -> None:
    fake.answer("pi.exec", {"stdout": f"{commit}\n", "stderr": "", "code": 0})
    fake.fire("turn_end", turnIndex=0, message={}, toolResults=[{"toolName": "edit"}])


def test_completions_are_the_checkpoints_newest_first(fake: FakePi) -> None:
    for commit in ("a" * 40, "b" * 40):
        play(fake, commit)
    assert [proposal["description"] for proposal in fake.complete("checkpoint")] == ["#2 after edit", "#1 after edit"]
    assert [proposal["value"] for proposal in fake.complete("checkpoint", "a")] == ["a" * 12]


def test_no_leaves_the_files_alone(fake: FakePi) -> None:
    play(fake, "a" * 40)
    fake.ui.answer(confirm=False)
    calls = len(fake.calls)
    fake.run_command("checkpoint", "a" * 12)
    assert [call.method for call in fake.calls[calls:]] == ["ui.confirm", "ui.notify"]
