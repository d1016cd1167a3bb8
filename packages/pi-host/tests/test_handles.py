"""Payloads that stay in pi."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_host._errors import CallRefusedError
from pi_host._handles import Handle, MessageList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pi_host._handles import Message, Plan


class Pi:
    """Holds the originals, and counts how many of them crossed."""

    def __init__(self, size: int) -> None:
        self.originals: list[Message] = [{"role": "user", "content": [{"n": n}]} for n in range(size)]
        self.crossed: list[int] = []

    async def fetch(self, start: int | None, stop: int | None) -> list[Message]:
        part = range(len(self.originals))[start:stop]
        self.crossed += part
        return copy.deepcopy([self.originals[index] for index in part])

    def messages(self) -> MessageList:
        return MessageList([message["role"] for message in self.originals], self.fetch)

    def carry_out(self, plan: Plan | None) -> list[Message]:
        """What the bridge does with a plan, see `carryOut` in events.js."""
        made: list[Message] = []
        for step in [[0, len(self.originals)]] if plan is None else plan:
            if isinstance(step, dict):
                made.append(step)
            elif isinstance(step[1], int):
                made += self.originals[slice(*step)]
            else:
                original = self.originals[step[0]]
                contents = dict(step[1])
                original.clear()
                original.update(contents)
                made.append(original)
        return made


def new(number: int) -> Message:
    return {"role": "assistant", "content": f"new {number}"}


class Edits:
    """The same edits on a `MessageList` and on a plain list."""

    def __init__(self, size: int) -> None:
        self.pi = Pi(size)
        self.list = self.pi.messages()
        self.model: list[Message] = copy.deepcopy(self.pi.originals)

    async def apply(self, operation: str, index: int, number: int) -> None:
        await getattr(self, operation)(index % (len(self.model) or 1), number)

    async def append(self, _index: int, number: int) -> None:
        self.list.append(new(number))
        self.model.append(new(number))

    async def insert(self, index: int, number: int) -> None:
        self.list.insert(index, new(number))
        self.model.insert(index, new(number))

    async def replace(self, index: int, number: int) -> None:
        if self.model:
            self.list.replace(index, new(number))
            self.model[index] = new(number)

    async def remove(self, index: int, _number: int) -> None:
        if self.model:
            self.list.remove(index)
            del self.model[index]

    async def read(self, index: int, _number: int) -> None:
        if self.model:
            assert await self.list.get(index) == self.model[index]
            assert await self.list.get(-1) == self.model[-1]

    async def change(self, index: int, number: int) -> None:
        if self.model:
            changed = await self.list.get(index)
            changed["content"] = f"changed {number}"
            self.model[index]["content"] = f"changed {number}"

    async def load(self, _index: int, _number: int) -> None:
        assert await self.list.load() == self.model

    async def rotate(self, index: int, number: int) -> None:
        loaded = await self.list.load()
        self.list.adopt([*loaded[index:], new(number), *loaded[:index]])
        self.model = [*self.model[index:], new(number), *self.model[:index]]

    async def fail(self, index: int, number: int) -> None:
        state = self.list.snapshot()
        self.list.insert(index, new(number))
        self.list.append(new(number))
        self.list.remove(0)
        self.list.restore(state)


OPERATIONS = ["append", "insert", "replace", "remove", "read", "change", "load", "rotate", "fail"]
STEPS = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 20), st.integers(0, 5)), max_size=15)


@given(st.integers(0, 8), STEPS)
def test_the_plan_makes_of_pis_own_messages_what_the_edits_make_of_a_list(
    size: int, steps: list[tuple[str, int, int]]
) -> None:
    async def run() -> None:
        edits = Edits(size)
        for step in steps:
            await edits.apply(*step)

            assert len(edits.list) == len(edits.model)
            assert edits.list.roles == tuple(message["role"] for message in edits.model)
        assert edits.pi.carry_out(edits.list.plan()) == edits.model

    asyncio.run(run())


@given(st.integers(1, 8), STEPS)
def test_a_message_that_nobody_changed_stays_the_same_object_in_pi(
    size: int, steps: list[tuple[str, int, int]]
) -> None:
    async def run() -> None:
        edits = Edits(size)
        for step in steps:
            await edits.apply(*step)
        made = edits.pi.carry_out(edits.list.plan())

        untouched = [message for message in edits.model if message in edits.pi.originals]
        assert sum(any(message is original for original in edits.pi.originals) for message in made) == len(untouched)

    asyncio.run(run())


def after(size: int, edit: Callable[[MessageList], Awaitable[None]]) -> tuple[Pi, Plan | None]:
    pi = Pi(size)
    messages = pi.messages()

    async def run() -> None:
        await edit(messages)

    asyncio.run(run())
    return pi, messages.plan()


@pytest.mark.parametrize("size", [0, 1, 5])
def test_nothing_crosses_and_nothing_changes_when_nobody_touches_the_list(size: int) -> None:
    async def look(messages: MessageList) -> None:
        assert (len(messages), len(messages.roles)) == (size, size)

    pi, plan = after(size, look)

    assert plan is None
    assert pi.crossed == []


def test_reading_is_no_edit_and_each_message_crosses_once() -> None:
    async def read(messages: MessageList) -> None:
        assert await messages.get(2) is await messages.get(-3)
        await messages.load()
        await messages.load()

    pi, plan = after(5, read)

    assert plan is None
    assert sorted(set(pi.crossed)) == [0, 1, 2, 3, 4]
    assert len(pi.crossed) <= 6


def test_only_what_is_asked_for_crosses() -> None:
    async def last(messages: MessageList) -> None:
        await messages.get(-1)

    assert after(100, last)[0].crossed == [99]


def test_a_change_in_place_deep_inside_counts() -> None:
    async def change(messages: MessageList) -> None:
        (await messages.get(1))["content"][0]["n"] = "changed"

    assert after(3, change)[1] == [[0, 1], [1, {"role": "user", "content": [{"n": "changed"}]}], [2, 3]]


def test_removing_everything_is_an_edit() -> None:
    async def clear(messages: MessageList) -> None:
        while len(messages):
            messages.remove(0)

    assert after(3, clear)[1] == []


def test_runs_of_untouched_messages_are_one_step_each() -> None:
    async def cut(messages: MessageList) -> None:
        messages.remove(500)

    assert after(1000, cut)[1] == [[0, 500], [501, 1000]]


def test_a_list_given_back_is_recognised_by_its_objects() -> None:
    async def tail(messages: MessageList) -> None:
        messages.adopt((await messages.load())[-2:])

    assert after(5, tail)[1] == [[3, 5]]


def test_a_message_may_stand_twice() -> None:
    async def double(messages: MessageList) -> None:
        loaded = await messages.load()
        messages.adopt([loaded[0], loaded[0], *loaded[1:]])

    assert after(3, double)[1] == [[0, 1], [0, 3]]


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_beyond_the_end_is_an_error(index: int) -> None:
    async def get(messages: MessageList) -> None:
        await messages.get(index)

    with pytest.raises(IndexError):
        after(3, get)


def loader(*values: Any) -> tuple[Handle[Any], list[None]]:
    asked: list[None] = []

    async def fetch(_start: int | None, _stop: int | None) -> Sequence[Any]:
        asked.append(None)
        value: Any = values[len(asked) - 1]
        if isinstance(value, Exception):
            raise value
        return value  # type: ignore[no-any-return]  # a handle may stand for any JSON data

    return Handle(fetch), asked


@pytest.mark.parametrize("value", [{"a": 1}, None, []])
def test_a_handle_loads_once(value: object) -> None:
    handle, asked = loader(value)

    async def run() -> None:
        assert await handle.load() == value
        assert await handle.load() == value

    asyncio.run(run())
    assert len(asked) == 1


def test_a_handle_that_could_not_load_may_try_again() -> None:
    handle, _ = loader(CallRefusedError("the event is over"), 5)

    async def run() -> None:
        with pytest.raises(CallRefusedError):
            await handle.load()
        assert await handle.load() == 5

    asyncio.run(run())
