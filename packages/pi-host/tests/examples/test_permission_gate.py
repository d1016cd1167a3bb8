from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


@pytest.mark.parametrize("yes", [True, False])
def test_the_user_decides_once_for_a_session(real: Pi, *, yes: bool) -> None:
    folder = real.home.cwd / "build"
    folder.mkdir()
    real.model.add(Call("bash", command="rm -rf build"), Call("bash", command="rm -rf build"), Say("done"))
    rpc = real.rpc()
    rpc.on_ui(lambda request: yes if request["method"] == "confirm" else None)
    rpc.prompt("clean up")
    assert folder.exists() is not yes
    assert [request["message"] for request in rpc.ui_requests] == ["rm -rf build"] * (1 if yes else 2)
    if not yes:
        assert real.model.requests[1].texts("tool") == ["the user does not want this command to run"]


def test_nobody_there_means_no(real: Pi) -> None:
    folder = real.home.cwd / "build"
    folder.mkdir()
    real.model.add(Call("bash", command="rm -rf build"), Say("done"))
    assert real.print("clean up").stdout == "done\n"
    assert folder.exists()
    assert real.model.requests[1].texts("tool") == ["this command needs a yes, and nobody is there to give it"]


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("rm -rf x", True),
        ("rm -r x", True),
        ("git push origin main --force", True),
        ("sudo ls", True),
        ("find . -name x -delete", True),
        ("rm x", False),
        ("git push", False),
        ("grep -r form .", False),
    ],
)
def test_only_dangerous_commands_wait(fake: FakePi, command: str, *, asks: bool) -> None:
    fake.ui.answer(confirm=False)
    assert (fake.fire("tool_call", toolName="bash", input={"command": command}).answer is not None) is asks


def test_another_session_asks_again(fake: FakePi) -> None:
    fake.ui.answer(confirm=True)
    for _ in range(2):
        fake.fire("tool_call", toolName="bash", input={"command": "sudo ls"})
    assert len(fake.ui.asked) == 1
    fake.replace_session()
    fake.fire("tool_call", toolName="bash", input={"command": "sudo ls"})
    assert len(fake.ui.asked) == 2
