from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from launcher_support import Caller

from pi_session_persistence import lock
from pi_testkit import Fail, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


@pytest.fixture
def caller(pi: Pi, tmp_path: Path) -> Caller:
    return Caller(pi, tmp_path)


def test_what_the_model_says_is_all_that_is_written(caller: Caller) -> None:
    caller.pi.model.add(Say("hello \U0001f469\u200d\U0001f680"), Say("again"))
    done = caller.command("run", "task", "hi")
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello \U0001f469\u200d\U0001f680\n", "")
    assert caller.command("run", "task", "hi").stdout == "again\n"
    assert caller.history("task") == ["hi", "hello \U0001f469\u200d\U0001f680", "hi", "again"]


def test_events_are_json_lines(caller: Caller) -> None:
    caller.pi.model.add(Say("hello"))
    done = caller.command("run", "task", "hi", "--mode", "json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert (records[0]["id"], records[-1]["type"]) == ("task", "agent_settled")


def test_errors_are_one_line_and_exit_code_1(caller: Caller) -> None:
    caller.pi.model.add(Fail(400, "no such thing"))
    done = caller.command("run", "task", "hi")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pi-session: pi ended with exit code 1; it said '400")
    with lock(caller.file("task"), what="somebody"):
        done = caller.command("run", "task", "hi", "--busy", "fail")
    assert (done.returncode, "somebody" in done.stderr) == (1, True)
    assert caller.command("run", "task").returncode == 2


def test_repairs_and_forks_are_told(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    caller.command("run", "task", "hi")
    with caller.file("task").open("ab") as end:
        end.write(b'{"torn')
    with lock(caller.file("task"), what="somebody"):
        done = caller.command("run", "task", "hi", "--busy", "fork")
    assert (done.stdout, done.stderr) == ("two\n", "pi-session: the session was in use; this went on as 'task~2'\n")
    caller.pi.model.add(Say("three"))
    assert "repaired before the run" in caller.command("run", "task", "hi").stderr


def test_words_after_two_dashes_are_pis(caller: Caller) -> None:
    caller.pi.model.add(Say("ok"))
    done = caller.command("run", "task", "hi", "--", "--model", "scripted-2")
    assert done.returncode == 0
    assert caller.pi.model.requests[0].model == "scripted-2"


def test_the_plugins_can_be_asked_for(caller: Caller) -> None:
    done = caller.command("run", "task", "/session-id", "--plugin", "pi_session_persistence.plugin")
    assert (done.returncode, done.stdout) == (0, "")
    assert "task" in done.stderr
