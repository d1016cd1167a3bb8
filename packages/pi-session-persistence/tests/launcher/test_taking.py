from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pi_host.sessionfile import Session, read_header
from pi_session_persistence import BusyError, IdCollisionError, PersistenceError, Registry, examine, lock, run_async
from pi_testkit import Say

if TYPE_CHECKING:
    from launcher_support import Caller

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_two_at_once_go_one_after_the_other(caller: Caller) -> None:
    caller.pi.model.add(Say("one", delay=0.5), Say("two"))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(caller.command, "run", "task", "first", "--cwd", str(caller.pi.home.cwd))
        caller.wait_for_request(1)
        second = pool.submit(caller.command, "run", "task", "second")
        assert (first.result().stdout, second.result().stdout) == ("one\n", "two\n")
    assert caller.history("task") == ["first", "one", "second", "two"]
    assert examine(caller.file("task")).findings == []


def test_many_at_once_make_one_line(caller: Caller) -> None:
    caller.pi.model.add(*[Say("ok")] * 4)

    async def go() -> None:
        runs = (
            run_async("task", f"p{n}", registry=caller.registry, env=caller.env, cwd=caller.pi.home.cwd)
            for n in range(4)
        )
        await asyncio.gather(*runs)

    asyncio.run(go())
    history = caller.history("task")
    assert sorted(history[::2]) == ["p0", "p1", "p2", "p3"]
    assert len(Session.read(caller.file("task")).tips) == 1


def test_twenty_ids_at_once_dont_mind_each_other(caller: Caller) -> None:
    caller.pi.model.add(*[Say("ok")] * 20)

    async def go() -> None:
        gate = asyncio.Semaphore(4)  # what a small machine can take

        async def one(number: int) -> None:
            async with gate:
                await run_async(
                    f"id {number}", f"p{number}", registry=caller.registry, env=caller.env, cwd=caller.pi.home.cwd
                )

        await asyncio.gather(*map(one, range(20)))

    asyncio.run(go())
    assert [caller.history(f"id {number}") for number in range(20)] == [[f"p{number}", "ok"] for number in range(20)]


def test_who_does_not_want_to_wait_is_told_who_has_it(caller: Caller) -> None:
    with lock(caller.file("task"), what="somebody"):
        with pytest.raises(BusyError, match="somebody"):
            caller.run("task", "hi", busy="fail")
        waits: list[BusyError] = []
        with pytest.raises(BusyError, match="somebody") as caught:
            caller.run("task", "hi", wait_s=0.3, on_wait=waits.append)
    assert caught.value.holder is not None
    assert len(waits) == 1
    assert caller.pi.model.requests == []


def test_a_run_inside_a_run_does_not_wait_for_itself(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_SESSION_EXTERNAL_ID", "task")
    with lock(caller.file("task"), what="somebody"), pytest.raises(BusyError, match="wait for itself"):
        caller.run("task", "hi")


def test_a_fork_knows_all_and_the_session_knows_nothing_of_the_fork(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"), Say("three"), Say("four"))
    caller.run("task", "first")
    with lock(caller.file("task"), what="somebody"):
        results = [caller.run("task", prompt, busy="fork") for prompt in ("second", "third")]
    assert [result.external_id for result in results] == ["task~2", "task~3"]
    assert caller.pi.model.requests[2].texts("user") == ["first", "third"]
    record = caller.registry.get("task~2")
    assert record is not None
    assert record.parent == "task"
    header = read_header(record.pi_file)
    assert header is not None
    assert (header.parent_session, header.fields["externalId"]) == (str(caller.file("task")), "task~2")
    assert caller.history("task") == ["first", "one"]
    caller.run("task~2", "fourth")
    assert caller.pi.model.requests[3].texts("user") == ["first", "second", "fourth"]


def test_there_is_no_fork_of_nothing(caller: Caller) -> None:
    with lock(caller.file("task"), what="somebody"), pytest.raises(BusyError, match="nothing yet"):
        caller.run("task", "hi", busy="fork")
    assert [record.external_id for record in caller.registry.records()] == ["task"]


def test_ids_that_would_share_a_file_are_refused_by_the_gsd_rule(caller: Caller) -> None:
    gsd = Registry(caller.registry.sessions.parent, compat="gsd")
    caller.pi.model.add(Say("ok"))
    settings: Any = {"registry": gsd, "cwd": caller.pi.home.cwd}
    result = caller.run("a/b", "hi", **settings)
    assert result.pi_file == caller.pi.home.home / ".gsd-cloud" / "pi-sessions" / "a_b.jsonl"
    with pytest.raises(IdCollisionError):
        caller.run("a:b", "hi", **settings)


def test_a_fork_that_fails_leaves_no_id_behind(caller: Caller) -> None:
    caller.file("task").write_bytes(b"Dear diary\n")
    with lock(caller.file("task"), what="somebody"), pytest.raises(PersistenceError, match="can't be repaired"):
        caller.run("task", "hi", busy="fork")
    assert caller.registry.get("task~2") is None
