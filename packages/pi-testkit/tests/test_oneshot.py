from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import PiTimeoutError, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


def test_print_gives_the_answer_and_how_pi_ended(pi: Pi) -> None:
    pi.model.add(Say("hello"))
    done = pi.print("hi")
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
    assert done.survivors == []
    assert 0.05 < done.seconds < 20


def test_print_reads_what_is_piped_in(pi: Pi) -> None:
    pi.model.add(Say("hello"))
    pi.print("look at", stdin="this text")
    text = pi.model.requests[0].texts("user")[0]
    assert "this text" in text
    assert "look at" in text


def test_print_fails_when_the_model_does(pi: Pi) -> None:
    done = pi.print("hi")
    assert done.returncode == 1
    assert "exhausted" in done.stderr


def test_json_gives_every_record(pi: Pi) -> None:
    pi.model.add(Say("hello"))
    done = pi.json("hi")
    assert done.records[0]["type"] == "session"
    assert {"agent_start", "agent_end"} <= {record["type"] for record in done.records}
    assert done.returncode == 0


def test_a_run_that_takes_too_long_is_killed(pi: Pi) -> None:
    pi.model.add(Say("late", delay=30))
    with pytest.raises(PiTimeoutError, match="did not end within 3 s"):
        pi.print("hi", timeout=3)


@pytest.mark.pi_versions("1.5.2")
def test_what_outlives_pi_is_named_and_killed(pi: Pi, extensions: Path) -> None:
    pi.model.add(Say("hello"))
    done = pi.print("hi", extensions=[extensions / "strays.js"])
    assert (done.stdout, done.returncode) == ("hello\n", 0)
    assert done.survivors == [["sleep", "601"]]


def test_args_and_env_reach_pi(pi: Pi) -> None:
    pi.model.add(Say("hello"))
    pi.print("hi", args=["--append-system-prompt", "be kind"], env={"TZ": "UTC"})
    system = [*pi.model.requests[0].texts("system"), *pi.model.requests[0].texts("developer")]
    assert "be kind" in system[0]
