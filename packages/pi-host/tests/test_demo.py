"""The frame of an act; the first act itself is played in cli/test_demo.py."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pi_host import PiHostError
from pi_host.demo import Outcome, Playing, Step
from pi_testkit import PiExitedError, PiInstall, PiTimeoutError, RpcError

INSTALL = PiInstall("1.5.2", Path("node"), Path("cli.js"), Path())


def test_each_step_is_told_as_it_happens_and_kept() -> None:
    told: list[Step] = []
    with Playing(INSTALL, told.append) as playing:
        playing.say("scene", "", "It begins")
        assert told == [Step(kind="scene", who="", text="It begins")]
        playing.say("answer", "model", "Yes.", 12.5)
    assert playing.outcome().steps == told
    assert told[1].us == 12.5


def test_an_act_is_well_if_all_that_had_to_happen_did() -> None:
    with Playing(INSTALL, print) as playing:
        playing.checks["it rains"] = True
    good = playing.outcome({"rain": 3})
    playing.checks["it is dry"] = False
    assert (good.pi, good.lines) == ("1.5.2", {"rain": 3})
    assert not playing.outcome().ok
    assert Outcome(pi="1.5.2", seconds=0, steps=[], checks={"it rains": True}).ok


@pytest.mark.parametrize(
    "error",
    [
        PiExitedError("pi ended"),
        PiTimeoutError("pi is silent"),
        RpcError("pi refused"),
        subprocess.TimeoutExpired(["pi"], 60),
    ],
)
def test_what_ends_a_session_becomes_one_error(error: Exception) -> None:
    with pytest.raises(PiHostError, match="the session broke off: ") as caught, Playing(INSTALL, print):
        raise error
    assert caught.value.__cause__ is error


def test_a_mistake_of_the_act_stays_what_it_is() -> None:
    with pytest.raises(KeyError), Playing(INSTALL, print):
        raise KeyError("port")
