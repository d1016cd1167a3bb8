from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_writes_are_blocked_and_reads_are_not(real: Pi) -> None:
    env = real.home.cwd / ".env"
    env.write_text("A=1")
    write = Call("write", path=".env", content="A=2")
    real.model.add(Calls(write, Call("bash", command="echo A=2 > .env"), Call("read", path=".env")), Say("done"))
    real.rpc().prompt("work")
    refused = ".env is protected: ask the user to change it"
    assert real.model.requests[1].texts("tool") == [refused, refused, "A=1"]
    assert env.read_text() == "A=1"


def test_the_users_own_command_is_answered_instead_of_run(real: Pi) -> None:
    env = real.home.cwd / ".env"
    env.write_text("A=1")
    rpc = real.rpc()
    done = rpc.bash("rm .env")
    assert done["output"] == ".env is protected by protected_paths.py; use another terminal"
    assert done["exitCode"] == 1
    assert env.exists()
    assert rpc.bash("cat .env")["output"].strip() == "A=1"


@pytest.mark.parametrize(
    ("path", "blocked"),
    [
        (".env", True),
        ("sub/.env.local", True),
        (".git/config", True),
        ("a/node_modules/b.js", True),
        ("link/config", True),
        (".gitignore", False),
        ("environment.py", False),
    ],
)
def test_paths_are_judged_by_their_parts_and_where_links_lead(fake: FakePi, path: str, *, blocked: bool) -> None:
    Path(fake.cwd, ".git").mkdir()
    Path(fake.cwd, "link").symlink_to(".git")
    assert (fake.fire("tool_call", toolName="edit", input={"path": path}).answer is not None) is blocked


@pytest.mark.parametrize(
    ("command", "blocked"),
    [
        ("echo x >> .env", True),
        ("rm -rf node_modules", True),
        ("sed -i s/a/b/ .git/config", True),
        ("cp a .env.local", True),
        ("cat .env", False),
        ("git status", False),
        ("rm build; cat .env", False),
        ("touch .gitignore", False),
        ("grep -r x node_modules", False),
    ],
)
def test_commands_are_judged_by_their_words(fake: FakePi, command: str, *, blocked: bool) -> None:
    fired = fake.fire("user_bash", command=command)
    assert (fired.answer is not None) is blocked
