"""What other tools see of a lane, and how we get on with theirs."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lane_memory import TurnedClock
from lane_scenes import paths_in, soon, terminal

from pi_lane import formats
from pi_lane._errors import AcquireCancelledError, ForeignHostError
from pi_lane.lease import LaneView, Projection

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pi_lane.runtime import SessionPaths

TTL_S = 600.0


@pytest.fixture
def paths(tmp_path: Any) -> SessionPaths:
    return paths_in(tmp_path)


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def moment(seconds: float) -> str:
    """Return the moment that is so many seconds away."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def foreign_lock(paths: SessionPaths, *, expires_in_s: float | None = TTL_S, acquired_s_ago: float = 1.0) -> None:
    """Make a lock as pi-lane does."""
    paths.lock("main").mkdir(parents=True, exist_ok=True)
    owner = {
        "schemaVersion": 1,
        "lane": "main",
        "ownerInstanceId": "theirs",
        "pid": 1,
        "leaseEpoch": 1,
        "status": "active",
        "acquiredAt": moment(-acquired_s_ago),
        "lastHeartbeatAt": moment(-acquired_s_ago),
        "expiresAt": None if expires_in_s is None else moment(expires_in_s),
        "expectedHeadEntryId": None,
    }
    paths.lock_owner("main").write_text(json.dumps(owner))


def owner_of(paths: SessionPaths) -> formats.LeaseOwner | None:
    return formats.read(paths.lock_owner("main"), formats.LeaseOwner)


def clocked(paths: SessionPaths, clock: TurnedClock) -> dict[str, Any]:
    """Return the options of a terminal that judges other tools by ``clock``."""
    return {"projection": Projection(paths, "main", clock=clock)}


def test_while_a_lane_is_owned_others_see_by_whom(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a", projects=True) as a:
            await a.create("e0")
            lease = await a.acquire("run")
            owner = owner_of(paths)
            assert owner
            assert (owner.owner_instance_id, owner.pid, owner.lane) == ("a", os.getpid(), "main")
            assert (owner.status, owner.lease_epoch, owner.expected_head_entry_id) == ("active", lease.epoch, "e0")
            assert owner.expires_at
            assert formats.age_s(owner.expires_at) == pytest.approx(-TTL_S, abs=5)
            await lease.release()
            assert not paths.lock("main").exists()
            await soon(lambda: {path.suffix for path in paths.lanes.iterdir()} == {".reg", ".json"})

    play(scene())


def test_the_head_is_shown_after_each_move(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a", projects=True) as a:
            await a.create("e0", title="Mäin")
            await soon(lambda: formats.read(paths.lane_cursor("main"), formats.LaneFile))
            lease = await a.acquire("run")
            await lease.move_head("e1", expected="e0")
            await soon(lambda: shown_head(paths) == "e1")
            shown = formats.read(paths.lane_cursor("main"), formats.LaneFile)
            assert shown
            assert (shown.base_leaf_id, shown.updated_by, shown.session_key) == ("e0", "a", paths.key)
            assert shown.head_epoch == (await a.view()).state.head_epoch
            assert shown.title == "Mäin"

    play(scene())


def shown_head(paths: SessionPaths) -> str | None:
    shown = formats.read(paths.lane_cursor("main"), formats.LaneFile)
    return shown.head_entry_id if shown else None


def test_the_last_head_is_shown_however_soon_the_lane_is_closed(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a", projects=True) as a, await a.acquire("run") as lease:
            await lease.move_head("e1", expected=None)
        assert shown_head(paths) == "e1"

    play(scene())


def test_a_head_that_a_killed_terminal_did_not_show_is_shown_by_the_next_owner(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as mute, await mute.acquire("run") as lease:
            await lease.move_head("e1", expected=None)
        async with terminal(paths, "b", projects=True) as b:
            assert shown_head(paths) is None
            await b.acquire("run")
            await soon(lambda: shown_head(paths) == "e1")

    play(scene())


def test_the_beat_goes_on_while_the_lane_is_owned(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            await a.acquire("run")
            before = owner_of(paths)
            await asyncio.sleep(0.01)
            clock.now_s += 2.1
            await soon(lambda: owner_of(paths) != before)
            after = owner_of(paths)
            assert before
            assert after
            assert after.last_heartbeat_at > before.last_heartbeat_at
            assert after.acquired_at == before.acquired_at

    play(scene())


def test_l_defect_d_a_beat_neither_brings_a_removed_lock_back_nor_overwrites_anothers(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        projection = Projection(paths, "main", clock=clock)
        async with terminal(paths, "a", projection=projection) as a:
            await a.acquire("run")
            paths.lock("main").rename(paths.lanes / "gone")
            clock.now_s += 3
            projection.refresh()
            assert not paths.lock("main").exists()
            foreign_lock(paths)
            theirs = paths.lock_owner("main").read_bytes()
            clock.now_s += 3
            projection.refresh()
            projection.release()
            assert paths.lock_owner("main").read_bytes() == theirs

    play(scene())


def test_l_defect_b_a_displaced_owner_leaves_the_new_owners_lock_alone(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock, "paused_after_s": 20.0}
        options: dict[str, Any] = {"projects": True, "store": store}
        async with terminal(paths, "a", **options) as a, terminal(paths, "b", **options) as b:
            stopped = await a.acquire("run")
            for _ in range(25):
                await b._store.alive("a")
                clock.now_s += 1.0
            assert a._steward
            a._steward.cancel()
            await b.take("a")
            await b.acquire("run")
            assert not await stopped.release()
            owner = owner_of(paths)
            assert owner
            assert owner.owner_instance_id == "b"

    play(scene())


def test_l_x18_a_live_lock_of_pi_lane_is_waited_for_with_its_name(paths: SessionPaths) -> None:
    async def scene() -> None:
        foreign_lock(paths)
        views: list[LaneView] = []
        async with terminal(paths, "a", projects=True) as a:
            wait = asyncio.create_task(a.acquire("run", views.append))
            await soon(lambda: views)
            assert views[-1].foreign == "theirs (process 1)"
            await asyncio.sleep(0.3)
            assert not wait.done()
            paths.lock_owner("main").unlink()
            paths.lock("main").rmdir()
            async with asyncio.timeout(5):
                await wait
            owner = owner_of(paths)
            assert owner
            assert owner.owner_instance_id == "a"

    play(scene())


def test_a_wait_for_another_tool_can_be_cancelled(paths: SessionPaths) -> None:
    async def scene() -> None:
        foreign_lock(paths)
        views: list[LaneView] = []
        async with terminal(paths, "a", projects=True) as a, terminal(paths, "b") as b:
            wait = asyncio.create_task(a.acquire("run", views.append))
            await soon(lambda: views)
            a.cancel("run")
            with pytest.raises(AcquireCancelledError):
                await wait
            assert (await b.view()).state.owner is None
            assert paths.lock_owner("main").exists()

    play(scene())


def test_l_s10_an_expired_lock_of_a_silent_owner_is_taken_over(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        foreign_lock(paths, expires_in_s=-1.0)
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            wait = asyncio.create_task(a.acquire("run"))
            await asyncio.sleep(0.3)
            assert not wait.done(), "it may only look expired, by a clock that was set"
            clock.now_s += 7.0
            async with asyncio.timeout(5):
                await wait
            owner = owner_of(paths)
            assert owner
            assert owner.owner_instance_id == "a"
            await soon(lambda: not list(paths.lanes.glob("main.lock.*")))

    play(scene())


def test_l_x7_a_lock_that_expires_by_a_jump_of_the_clock_but_beats_is_respected(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            foreign_lock(paths, expires_in_s=-86400.0)
            wait = asyncio.create_task(a.acquire("run"))
            for beat in range(8):
                foreign_lock(paths, expires_in_s=-86400.0 + beat)
                clock.now_s += 2.0
                await asyncio.sleep(0.3)
            assert not wait.done()
            a.cancel("run")
            with pytest.raises(AcquireCancelledError):
                await wait

    play(scene())


def test_l_x7_a_lock_of_a_silent_owner_ends_even_if_the_clock_was_set_back(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        foreign_lock(paths, expires_in_s=86400.0)
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            wait = asyncio.create_task(a.acquire("run"))
            await asyncio.sleep(0.3)
            assert not wait.done()
            clock.now_s += TTL_S + 1
            async with asyncio.timeout(5):
                await wait

    play(scene())


@pytest.mark.parametrize("content", [None, "", "{", '{"schemaVersion": 1}'])
def test_l_s11_a_lock_without_an_owner_is_kept_while_young_and_removed_when_old(
    paths: SessionPaths, content: str | None
) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        paths.lock("main").mkdir(parents=True)
        if content is not None:
            paths.lock_owner("main").write_text(content)
        views: list[LaneView] = []
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            wait = asyncio.create_task(a.acquire("run", views.append))
            await soon(lambda: views)
            clock.now_s += 60.0
            await asyncio.sleep(0.3)
            assert not wait.done()
            assert views[-1].foreign == "another tool that has yet to say who"
            old = time.time() - TTL_S - 1
            os.utime(paths.lock("main"), (old, old))
            async with asyncio.timeout(5):
                await wait

    play(scene())


def test_a_lock_without_an_expiry_ends_by_when_it_was_taken(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        foreign_lock(paths, expires_in_s=None, acquired_s_ago=TTL_S + 1)
        async with terminal(paths, "a", **clocked(paths, clock)) as a:
            wait = asyncio.create_task(a.acquire("run"))
            await asyncio.sleep(0.05)
            clock.now_s += 7.0
            async with asyncio.timeout(5):
                await wait

    play(scene())


def test_the_lock_of_one_of_us_that_was_killed_is_removed_at_once(paths: SessionPaths) -> None:
    async def scene() -> None:
        foreign_lock(paths)
        paths.instances.mkdir(parents=True, exist_ok=True)
        # It has a sign of life, though nobody holds it: it was one of us.
        paths.alive("theirs").touch()
        async with terminal(paths, "a", projects=True) as a, asyncio.timeout(2):
            await a.acquire("run")

    play(scene())


def test_l_defect_a_a_lock_that_was_made_anew_between_judging_and_removing_is_put_back(
    paths: SessionPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign_lock(paths, expires_in_s=-1.0)
    projection = Projection(paths, "main")
    folder = os.open(paths.lock("main"), os.O_RDONLY)
    real = type(paths.lock("main")).rename

    def slow(self: Any, target: Any) -> Any:
        monkeypatch.undo()
        # Another breaker was faster, and its owner is at work already.
        self.rename(paths.lanes / "broken-by-another")
        foreign_lock(paths)
        return real(self, target)

    monkeypatch.setattr(type(paths.lock("main")), "rename", slow)
    projection._put_aside(folder)
    os.close(folder)
    owner = owner_of(paths)
    assert owner
    assert owner.owner_instance_id == "theirs"
    assert owner.expires_at
    assert (formats.age_s(owner.expires_at) or 0) < 0
    assert not list(paths.lanes.glob("main.lock.*"))


def test_a_head_that_pi_lane_moved_is_followed_if_the_session_has_it(paths: SessionPaths) -> None:
    async def scene() -> None:
        knows = {"e1", "theirs1"}.__contains__
        async with terminal(paths, "a", projects=True, knows=knows) as a:
            async with await a.acquire("run") as lease:
                await lease.move_head("e1", expected=None)
            await soon(lambda: shown_head(paths) == "e1")
            move_by_pi_lane(paths, "theirs1")
            async with await a.acquire("run") as lease:
                assert lease.head == "theirs1"
                state = (await a.view()).state
                assert (state.head, state.reason) == ("theirs1", "head moved by another tool")
                await lease.move_head("e2", expected="theirs1")
            await soon(lambda: shown_head(paths) == "e2")
            move_by_pi_lane(paths, "unknown")
            async with await a.acquire("run") as lease:
                assert lease.head == "e2"

    play(scene())


def move_by_pi_lane(paths: SessionPaths, head: str) -> None:
    shown = json.loads(paths.lane_cursor("main").read_text())
    shown.update(headEntryId=head, headEpoch=shown["headEpoch"] + 1, updatedBy="theirs")
    paths.lane_cursor("main").write_text(json.dumps(shown))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schemaVersion": 1, "headEpoch": 99}'])
def test_l_s15_a_broken_lane_file_changes_no_turn_and_is_made_anew(paths: SessionPaths, content: str) -> None:
    async def scene() -> None:
        async with terminal(paths, "a", projects=True, knows=lambda _id: True) as a:
            await a.create("e0")
            await soon(lambda: shown_head(paths) == "e0")
            paths.lane_cursor("main").write_text(content)
            async with await a.acquire("run") as lease:
                assert lease.head == "e0"
                await lease.move_head("e1", expected="e0")
            await soon(lambda: shown_head(paths) == "e1")

    play(scene())


def test_a_lane_that_pi_lane_made_is_continued_from_its_head(paths: SessionPaths) -> None:
    async def scene() -> None:
        paths.lanes.mkdir(parents=True)
        theirs = formats.LaneFile(
            schema_version=1,
            name="main",
            session_key=paths.key,
            base_leaf_id=None,
            head_entry_id="e9",
            head_epoch=12,
            created_at=moment(-9),
            updated_at=moment(-9),
            id="ln_abcdefgh",
        )
        formats.write(paths.lane_cursor("main"), theirs)
        async with terminal(paths, "a", projects=True, knows=lambda _id: True) as a:
            await a.create("e1")
            async with await a.acquire("run") as lease:
                assert lease.head == "e9"
                await lease.move_head("e10", expected="e9")
            await soon(lambda: shown_head(paths) == "e10")
            shown = formats.read(paths.lane_cursor("main"), formats.LaneFile)
            assert shown
            assert shown.head_epoch > 12
            assert shown.id == "ln_abcdefgh"

    play(scene())


def host_file(paths: SessionPaths, **fields: object) -> None:
    folder = paths.sync_folder("main")
    folder.mkdir(parents=True, exist_ok=True)
    host = {"schemaVersion": 1, "state": "running", "pid": os.getpid(), "heartbeatAt": moment(0), **fields}
    (folder / "host.json").write_text(json.dumps(host))


def test_l_x18_a_live_host_of_pi_sync_is_left_alone(paths: SessionPaths) -> None:
    async def scene() -> None:
        host_file(paths)
        async with terminal(paths, "a", projects=True) as a:
            with pytest.raises(ForeignHostError, match=f"a pi-sync host \\(process {os.getpid()}\\) runs lane 'main'"):
                await a.acquire("run")
            assert (await a.view()).state.queue == ()

    play(scene())


@pytest.mark.parametrize(
    "fields", [{"state": "stopped"}, {"heartbeatAt": moment(-60)}, {"pid": 2**22 + 1}, {"heartbeatAt": "?"}]
)
def test_a_host_of_pi_sync_that_is_gone_is_no_hindrance(paths: SessionPaths, fields: dict[str, object]) -> None:
    async def scene() -> None:
        host_file(paths, **fields)
        async with terminal(paths, "a", projects=True) as a, asyncio.timeout(2):
            await a.acquire("run")

    play(scene())


def test_what_cannot_be_shown_hinders_nobody(paths: SessionPaths) -> None:
    async def scene() -> None:
        paths.lanes.mkdir(parents=True)
        paths.lock("main").write_text("a file, not a folder")
        paths.lane_cursor("main").mkdir()
        async with terminal(paths, "a", projects=True) as a, asyncio.timeout(2):
            async with await a.acquire("run") as lease:
                await lease.move_head("e1", expected=None)
            assert (await a.view()).state.head == "e1"

    play(scene())
