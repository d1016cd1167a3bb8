from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pi_session_persistence import BusyError, PersistenceError, lock
from pi_session_persistence.launcher._steering import Door, NotSteerableError, steer
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from launcher_support import Caller

NEWEST = pytest.mark.pi_versions("1.5.2")


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_prompt_is_given_to_the_run_that_has_the_session(caller: Caller) -> None:
    caller.pi.model.add(Say("one", delay=1.0), Say("two"))
    with ThreadPoolExecutor() as pool:
        owner = pool.submit(caller.command, "run", "task", "first", "--mode", "rpc", "--cwd", str(caller.pi.home.cwd))
        caller.wait_for_request(1)
        result = caller.run("task", "second", busy="steer")
        assert owner.result().returncode == 0
    assert (result.steered, result.text) == (True, "two")
    assert caller.history("task") == ["first", "one", "second", "two"]


@NEWEST
def test_a_run_that_takes_no_prompts_is_told(caller: Caller) -> None:
    with lock(caller.file("task"), what="somebody"), pytest.raises(BusyError, match="only runs in mode rpc do"):
        caller.run("task", "hi", busy="steer", wait_s=0.2)


@NEWEST
def test_steering_a_session_that_nobody_has_is_a_run(caller: Caller) -> None:
    caller.pi.model.add(Say("one"))
    result = caller.run("task", "first", busy="steer")
    assert (result.steered, result.text) == (False, "one")


@NEWEST
def test_a_prompt_that_was_given_to_a_run_that_fails_is_known_to_be_kept(caller: Caller) -> None:
    caller.pi.model.add(Say("one", delay=1.0), Say("never", delay=60))
    with ThreadPoolExecutor() as pool:
        owner = pool.submit(caller.run, "task", "first", mode="rpc", timeout_s=4)
        caller.wait_for_request(1)
        with pytest.raises(PersistenceError, match="is in the session, but"):
            caller.run("task", "second", busy="steer")
        with pytest.raises(TimeoutError):
            owner.result()
    assert caller.history("task")[:3] == ["first", "one", "second"]


class Handed:
    """A run that takes prompts, and says of each whether it is in the session."""

    def __init__(self, *, takes: bool) -> None:
        self.prompts: list[str] = []
        self._takes = takes

    async def __call__(self, prompt: str) -> bool:
        self.prompts.append(prompt)
        return self._takes


def knock(file: Path) -> BusyError:
    """What somebody learns who finds the session in use."""
    with pytest.raises(BusyError) as caught:
        lock(file, what="another")
    return caught.value


def test_a_door_is_only_for_its_user_and_goes_with_the_run(tmp_path: Path) -> None:
    async def go() -> None:
        with lock(tmp_path / "s.jsonl", what="a run") as held:
            async with Door(held, Handed(takes=True)):
                holder = knock(tmp_path / "s.jsonl").holder
                assert holder is not None
                door = tmp_path / str(holder.socket)
                assert (door.parent.stat().st_mode & 0o777, door.stat().st_mode & 0o777) == (0o700, 0o600)
            assert not door.exists()

    asyncio.run(go())


def test_what_was_not_taken_can_be_tried_again(tmp_path: Path) -> None:
    async def go() -> None:
        handed = Handed(takes=False)
        with lock(tmp_path / "s.jsonl", what="a run") as held:
            async with Door(held, handed):
                busy = knock(tmp_path / "s.jsonl")
                with pytest.raises(NotSteerableError, match="did not take"):
                    await steer(busy, "a\u2028b\n" * 100_000)
                assert handed.prompts == ["a\u2028b\n" * 100_000]
            with pytest.raises(NotSteerableError, match="can't be reached"):
                await steer(busy, "x")

    asyncio.run(go())


def test_whoever_handed_a_prompt_in_hears_what_became_of_the_run(tmp_path: Path) -> None:
    async def go() -> None:
        with lock(tmp_path / "s.jsonl", what="a run") as held:
            async with Door(held, Handed(takes=True)) as door:
                asked = asyncio.create_task(steer(knock(tmp_path / "s.jsonl"), "x"))
                while not door._waiting:  # noqa: ASYNC110  # bounded by the timeout of the test
                    await asyncio.sleep(0.01)
                assert not await door.was_used()
                await door.close("the end", None)
                assert await asked == "the end"

    asyncio.run(go())
