from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from persistence_support import CHAT

from pi_session_persistence import Registry, is_locked, lock
from pi_session_persistence import plugin as module
from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import FakePi, Pi, RpcPi

PLUGIN = "pi_session_persistence.plugin"


def begin(pi: FakePi, file: Path | None, reason: str = "startup", **more: Any) -> dict[str, str | None]:
    """Begin a session, and return the variables that were set."""
    pi.session_file = str(file) if file is not None else None
    pi.fire("session_start", reason=reason, **more)
    variables: dict[str, str | None] = pi.calls[-1].params["variables"]
    assert pi.calls[-1].method == "pi.setEnv"
    return variables


@pytest.fixture
def file(registry: Registry) -> Path:
    """The session file of the id `task`."""
    path = registry.claim("task").pi_file
    path.write_bytes(CHAT)
    return path


def test_a_session_without_an_id_is_left_alone(fake_pi: type[FakePi], registry: Registry, tmp_path: Path) -> None:
    pi = fake_pi(module)
    for other in (None, str(tmp_path / "other.jsonl")):
        pi.session_file = other
        pi.fire("session_start", reason="startup")
        pi.fire("agent_settled", aborted=False)
        pi.fire("session_shutdown", reason="quit")
    assert (pi.calls, registry.records()) == ([], [])
    assert not (tmp_path / "ids").exists()


def test_a_session_without_an_id_does_not_have_that_of_an_outer_one(
    fake_pi: type[FakePi], registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PI_SESSION_EXTERNAL_ID", "outer")
    assert begin(fake_pi(module), None) == {"PI_SESSION_EXTERNAL_ID": None, "PI_SESSION_EXTERNAL_PARENT": None}
    assert registry.records() == []


def test_tools_are_told_whose_session_it_is(fake_pi: type[FakePi], registry: Registry, file: Path) -> None:
    variables = begin(fake_pi(module), file)
    assert variables["PI_SESSION_EXTERNAL_ID"] == "task"
    assert variables["PI_SESSION_HOME"] == str(registry.sessions.parent)


def test_the_command_shows_the_id(fake_pi: type[FakePi], file: Path) -> None:
    pi = fake_pi(module)
    pi.run_command("session-id")
    begin(pi, file)
    pi.run_command("session-id")
    assert [notice.message for notice in pi.notices] == [
        "this session has no external id; `pi-session run ID PROMPT` begins one that has",
        "task",
    ]


def test_a_settled_run_is_a_checkpoint_of_the_whole_file(fake_pi: type[FakePi], registry: Registry, file: Path) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    for more in (b"", b"more\n", b"and more\n"):
        with file.open("ab") as end:
            end.write(more)
        pi.fire("agent_settled", aborted=False)
        data = file.read_bytes()
        record = registry.get("task")
        assert record is not None
        assert record.checkpoint is not None
        assert (record.checkpoint.size, record.checkpoint.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_a_file_that_was_replaced_is_read_anew(fake_pi: type[FakePi], registry: Registry, file: Path) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    pi.fire("agent_settled", aborted=False)
    file.write_bytes(b"shorter\n")
    pi.fire("agent_settled", aborted=False)
    record = registry.get("task")
    assert record is not None
    assert record.checkpoint is not None
    assert record.checkpoint.sha256 == hashlib.sha256(b"shorter\n").hexdigest()


def test_a_fork_takes_the_id_along(fake_pi: type[FakePi], registry: Registry, file: Path, tmp_path: Path) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    fork = tmp_path / "fork.jsonl"
    for _ in range(2):  # one session may begin twice
        assert begin(pi, fork, "fork", previousSessionFile=str(file))["PI_SESSION_EXTERNAL_ID"] == "task"
    record = registry.get("task")
    assert record is not None
    assert (record.pi_file, record.checkpoint) == (fork, None)


@pytest.mark.parametrize("reason", ["new", "resume"])
def test_another_session_leaves_the_id_where_it_is(
    fake_pi: type[FakePi], registry: Registry, file: Path, tmp_path: Path, reason: str
) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    count = len(pi.calls)
    pi.session_file = str(tmp_path / "other.jsonl")
    pi.fire("session_start", reason=reason, previousSessionFile=str(file))
    assert len(pi.calls) == count
    assert registry.find(file) is not None
    registry.claim("other", file=tmp_path / "other.jsonl")
    assert begin(pi, tmp_path / "other.jsonl", reason)["PI_SESSION_EXTERNAL_ID"] == "other"


def test_a_new_name_is_written_down(fake_pi: type[FakePi], registry: Registry, file: Path) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    for name in ("Moon", None):
        pi.fire("session_info_changed", **({"name": name} if name else {}))
        record = registry.get("task")
        assert record is not None
        assert record.name == name


def test_an_open_session_is_not_repaired_or_run_by_others(fake_pi: type[FakePi], file: Path) -> None:
    pi = fake_pi(module)
    begin(pi, file)
    assert is_locked(file)
    pi.fire("session_shutdown", reason="quit")
    assert not is_locked(file)


def test_the_launcher_of_this_pi_has_the_lock_already(fake_pi: type[FakePi], file: Path) -> None:
    with lock(file, what="the launcher"):
        assert begin(fake_pi(module), file)["PI_SESSION_EXTERNAL_ID"] == "task"


def hosted(pi: Pi, registry: Registry, file: Path) -> RpcPi:
    env = {"PI_HOST_PLUGINS": PLUGIN, "PI_SESSION_HOME": str(registry.sessions.parent)}
    return pi.rpc(args=["--session", str(file)], env=env)


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_inside_real_pi(hosted_pi: Pi, registry: Registry, file: Path) -> None:
    file.write_bytes(CHAT.replace(b'"cwd": "/"', b'"cwd": "%b"' % str(hosted_pi.home.cwd).encode()))
    hosted_pi.model.add(Call("bash", command="echo id=$PI_SESSION_EXTERNAL_ID"), Say("ok"))
    rpc = hosted(hosted_pi, registry, file)
    rpc.prompt("go")
    assert hosted_pi.model.requests[1].texts("tool")[0].strip() == "id=task"
    rpc.send("set_session_name", name="Moon")
    entry = rpc.send("get_fork_messages")["messages"][-1]["entryId"]
    rpc.send("fork", entryId=entry)
    hosted_pi.model.add(Call("bash", command="echo id=$PI_SESSION_EXTERNAL_ID"), Say("ok"))
    rpc.prompt("again")
    assert hosted_pi.model.requests[-1].texts("tool")[-1].strip() == "id=task"
    forked = rpc.send("get_state")["sessionFile"]
    rpc.close()
    record = registry.get("task")
    assert record is not None
    assert (str(record.pi_file), record.pi_version) == (forked, hosted_pi.version)
    assert record.pi_file != file
    assert record.checkpoint is not None
    assert record.checkpoint.size == record.pi_file.stat().st_size
    assert not rpc.errors


def test_it_imports_nothing_that_pi_would_wait_for() -> None:
    script = (
        "import sys, pi_host, pi_host.events; before = set(sys.modules); import pi_session_persistence.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["pi_session_persistence", "pi_session_persistence.plugin"]
