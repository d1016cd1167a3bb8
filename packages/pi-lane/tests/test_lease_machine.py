"""Instances that come, wait, write, stop, go on and die in any order, with a clock that is turned as they go.

After every step: no epoch has two owners, epochs grow, only the owner moved the head, and the line was kept.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from lane_memory import MemoryHub, MemoryStore, TurnedClock

from pi_lane.lease import AcquireCancelledError, Instance, Lane, LeaseLostError, NotPausedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from lane_memory import Change

    from pi_lane.lease import Lease

PAUSED_AFTER_S = 5.0
TAKE_AFTER_S = 10.0
PLACES = st.integers(0, 3)


class Terminal:
    """One instance and what it does at the moment."""

    def __init__(self, hub: MemoryHub, name: str) -> None:
        self.name = name
        self.store = MemoryStore(hub, name, paused_after_s=PAUSED_AFTER_S, turned=True)
        me = Instance(instance_id=name, pid=1, host="here", label=name)
        self.lane = Lane(self.store, "main", me, clock=hub.clock, take_after_s=TAKE_AFTER_S)
        self.wait: asyncio.Task[Lease] | None = None
        self.lease: Lease | None = None
        self.ever_stopped = False
        self.doing: list[asyncio.Task[object]] = []

    async def open(self) -> None:
        await self.store.__aenter__()
        await self.lane.__aenter__()

    def collect(self) -> None:
        """See what became of the wait."""
        if self.wait and self.wait.done():
            with suppress(AcquireCancelledError):
                self.lease = self.wait.result()
            self.wait = None
        for task in [task for task in self.doing if task.done()]:
            self.doing.remove(task)
            task.result()


def is_idle(terminal: Terminal) -> bool:
    return terminal.wait is None and terminal.lease is None


def holds(terminal: Terminal) -> bool:
    return terminal.lease is not None and not terminal.doing


def waits(terminal: Terminal) -> bool:
    return terminal.wait is not None


def runs(terminal: Terminal) -> bool:
    return not terminal.store.stopped


class Lanes(RuleBasedStateMachine):
    """What may happen to four terminals on one lane."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = TurnedClock()
        self.hub = MemoryHub(self.clock)
        self.terminals: list[Terminal] = []
        self.all: dict[str, Terminal] = {}
        self.entries = 0
        self.checked = 0
        self.owners: dict[int, str] = {}
        for place in range(4):
            self.terminals.append(self.fresh(place))

    def fresh(self, place: int) -> Terminal:
        terminal = Terminal(self.hub, f"t{place}.{len(self.all)}")
        self.all[terminal.name] = terminal
        self.loop.run_until_complete(terminal.open())
        return terminal

    def settle(self) -> None:
        """Let everybody go as far as they can at this moment, and see what became of it."""
        self.let_run()
        for terminal in self.all.values():
            terminal.collect()

    def let_run(self) -> None:
        async def idle() -> None:
            for _ in range(30):
                await asyncio.sleep(0)

        self.loop.run_until_complete(idle())

    def start(self, terminal: Terminal, step: Coroutine[object, object, object]) -> None:
        terminal.doing.append(self.loop.create_task(step))

    def one_of(self, place: int, kind: Callable[[Terminal], object]) -> Terminal:
        """Return one of the terminals of a kind; the preconditions see to it that there is one."""
        found = [terminal for terminal in self.terminals if kind(terminal)]
        return found[place % len(found)]

    @precondition(lambda self: any(map(is_idle, self.terminals)))
    @rule(place=PLACES)
    def come(self, place: int) -> None:
        terminal = self.one_of(place, is_idle)
        terminal.wait = self.loop.create_task(terminal.lane.acquire("run"))
        self.settle()

    @precondition(lambda self: any(map(holds, self.terminals)))
    @rule(place=PLACES)
    def write(self, place: int) -> None:
        terminal = self.one_of(place, holds)
        assert terminal.lease
        self.entries += 1
        self.start(terminal, self.move(terminal, terminal.lease, f"e{self.entries}"))
        self.settle()

    async def move(self, terminal: Terminal, lease: Lease, new: str) -> None:
        try:
            await lease.move_head(new, expected=lease.head)
        except LeaseLostError:
            if terminal.lease is lease:
                terminal.lease = None

    @precondition(lambda self: any(map(holds, self.terminals)))
    @rule(place=PLACES)
    def give_back(self, place: int) -> None:
        terminal = self.one_of(place, holds)
        assert terminal.lease
        self.start(terminal, terminal.lease.release())
        terminal.lease = None
        self.settle()

    @precondition(lambda self: any(map(waits, self.terminals)))
    @rule(place=PLACES)
    def leave_the_line(self, place: int) -> None:
        self.one_of(place, waits).lane.cancel("run")
        self.settle()

    @precondition(lambda self: any(map(runs, self.terminals)))
    @rule(place=PLACES)
    def stop(self, place: int) -> None:
        terminal = self.one_of(place, runs)
        terminal.store.stop()
        terminal.ever_stopped = True
        self.settle()

    @precondition(lambda self: not all(map(runs, self.terminals)))
    @rule(place=PLACES)
    def go_on(self, place: int) -> None:
        self.one_of(place, lambda terminal: not runs(terminal)).store.resume()
        self.settle()

    @rule(place=PLACES)
    def die(self, place: int) -> None:
        self.terminals[place].store.die()
        self.terminals[place] = self.fresh(place)
        self.settle()

    @rule(seconds=st.sampled_from([1, 3, 10, 30]))
    def time_goes_by(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.now_s += 1.0
            for terminal in self.terminals:
                if not terminal.store.stopped:
                    self.hub.beats[terminal.name] += 1
            self.hub.tell()
            self.settle()

    @precondition(lambda self: "main" in self.hub.lanes and self.hub.lanes["main"].state.owner)
    @rule(place=PLACES)
    def take(self, place: int) -> None:
        owner = self.hub.lanes["main"].state.owner
        assert owner
        self.start(self.terminals[place], self.taken(self.terminals[place], owner.instance_id))
        self.settle()

    async def taken(self, terminal: Terminal, instance_id: str) -> None:
        with suppress(NotPausedError):
            await terminal.lane.take(instance_id)

    @rule(place=PLACES)
    def ask_to_abort(self, place: int) -> None:
        self.start(self.terminals[place], self.terminals[place].lane.request_abort("somebody"))
        self.settle()

    @invariant()
    def every_change_was_right(self) -> None:
        for change in self.hub.history[self.checked :]:
            before, after = change.before, change.after
            assert after.lease_epoch >= before.lease_epoch
            if after.owner and (before.owner != after.owner or before.lease_epoch != after.lease_epoch):
                self.check_grant(change)
            if before.head != after.head:
                assert before.owner is not None
                assert change.by == before.owner.instance_id == self.owners[after.lease_epoch]
                assert after.head_epoch > before.head_epoch
            else:
                assert after.head_epoch == before.head_epoch
            if before.owner and not after.owner:
                assert change.by == before.owner.instance_id or after.reason.startswith("taken by")
            assert len({waiter.instance_id for waiter in after.queue}) == len(after.queue)
        self.checked = len(self.hub.history)

    def check_grant(self, change: Change) -> None:
        before, after = change.before, change.after
        assert after.owner is not None
        assert change.by == after.owner.instance_id
        assert after.lease_epoch > before.lease_epoch
        assert after.lease_epoch not in self.owners
        self.owners[after.lease_epoch] = after.owner.instance_id
        if before.owner:
            displaced = self.all[before.owner.instance_id]
            assert displaced is self.all[change.by] or displaced.ever_stopped or displaced.name not in self.hub.beats
        for waiter in before.queue:
            if waiter.instance_id == change.by:
                break
            passed_over = self.all[waiter.instance_id]
            assert passed_over.ever_stopped or passed_over.name not in self.hub.beats

    @invariant()
    def whoever_has_a_live_lease_is_the_only_one(self) -> None:
        state = self.hub.lanes["main"].state if "main" in self.hub.lanes else None
        holders = [t.name for t in self.terminals if t.lease and not t.ever_stopped]
        assert len(holders) <= 1
        if holders:
            assert state is not None
            assert state.owner is not None
            assert state.owner.instance_id == holders[0]

    def teardown(self) -> None:
        try:
            self.everybody_who_waits_gets_the_lane_when_all_go_on()
        finally:
            while tasks := asyncio.all_tasks(self.loop):
                for task in tasks:
                    task.cancel()
                self.let_run()
            for terminal in self.all.values():
                if terminal.wait and not terminal.wait.cancelled():
                    terminal.wait.exception()
            self.loop.close()

    def everybody_who_waits_gets_the_lane_when_all_go_on(self) -> None:
        for terminal in self.terminals:
            terminal.store.resume()
        for _ in range(400):
            for terminal in self.terminals:
                if terminal.lease:
                    self.start(terminal, terminal.lease.release())
                    terminal.lease = None
            if not any(map(waits, self.terminals)):
                break
            self.time_goes_by(1)
        assert [terminal.name for terminal in self.terminals if terminal.wait] == []
        self.every_change_was_right()
        stewards = [terminal.lane._steward for terminal in self.terminals]
        assert not any(steward is None or steward.done() for steward in stewards)


TestLanes = Lanes.TestCase
TestLanes.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
