"""Implementations of a hook, run in order, bounded, isolated, merged."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest
from core_support import Listener, MemoryLink, namespace, registry_of
from dispatch_support import CLOSED, contexts_of, dispatch, event_of

from pi_host import Block, Context, hookimpl
from pi_host._catalog import CATALOG
from pi_host._config import Config
from pi_host._dispatch import Dispatcher
from pi_host._errors import HookFailedError
from pi_host._handles import MessageList
from pi_host._watchdog import Mark

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

# order


def remembering(order: list[str], name: str) -> Callable[[], None]:
    def implementation() -> None:
        order.append(name)

    return implementation


def test_plugins_run_in_the_order_given() -> None:
    order: list[str] = []
    ran = dispatch("agent_start", {name: remembering(order, name) for name in "bca"})

    assert order == ["b", "c", "a"]
    assert ran.listener.ended == [(name, "agent_start") for name in "bca"]


def test_tryfirst_and_trylast_move_an_implementation_within_that_order() -> None:
    order: list[str] = []

    def plugin(name: str, *, first: bool = False, last: bool = False) -> ModuleType:
        mark = hookimpl(specname="agent_start", tryfirst=first, trylast=last)
        return namespace(it=mark(remembering(order, name)))

    dispatch(
        "agent_start",
        {
            "last": plugin("last", last=True),
            "a": plugin("a"),
            "b": plugin("b"),
            "first": plugin("first", first=True),
        },
    )

    assert order == ["first", "a", "b", "last"]


def test_sync_and_async_implementations_run_one_after_the_other() -> None:
    order: list[str] = []

    async def slow() -> None:
        order.append("slow begins")
        await asyncio.sleep(0.01)
        order.append("slow ends")

    dispatch("agent_start", {"a": remembering(order, "a"), "slow": slow, "b": remembering(order, "b")})

    assert order == ["a", "slow begins", "slow ends", "b"]


@pytest.mark.parametrize("names", [(), ("event",), ("ctx",), ("event", "ctx"), ("ctx", "event")])
def test_implementations_take_what_they_name(names: tuple[str, ...]) -> None:
    seen: list[dict[str, Any]] = []
    scope: dict[str, Any] = {"seen": seen}
    exec(f"def it({', '.join(names)}): seen.append(dict(locals()))", scope)  # noqa: S102  # a signature can't be a parameter

    ran = dispatch("tool_call", {"a": scope["it"]})

    assert set(seen[0]) == set(names)
    assert seen[0].get("event", ran.event) is ran.event
    assert "ctx" not in seen[0] or seen[0]["ctx"].plugin == "a"


def sync_answer() -> Any:
    return Block("no")


async def async_answer() -> Any:
    await asyncio.sleep(0)
    return Block("no")


def awaitable_answer() -> Any:
    return async_answer()


def future_answer() -> Any:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, Block("no"))
    return future


@pytest.mark.parametrize("implementation", [sync_answer, async_answer, awaitable_answer, future_answer])
def test_it_makes_no_difference_whether_an_answer_comes_now_or_later(implementation: Callable[[], Any]) -> None:
    assert dispatch("tool_call", {"a": implementation}).outcome.answer == {"block": True, "reason": "no"}


# faults


def throws() -> Any:
    raise RuntimeError("out of order")


async def throws_later() -> Any:
    await asyncio.sleep(0)
    raise RuntimeError("out of order")


def exits() -> Any:
    sys.exit(3)


async def exits_later() -> Any:
    await asyncio.sleep(0)
    sys.exit(3)


class Stop(BaseException):
    pass


def stops() -> Any:
    raise Stop("enough")


async def stops_later() -> Any:
    await asyncio.sleep(0)
    raise GeneratorExit


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def fails_unspeakably() -> Any:
    raise UnspeakableError


async def awaits_what_was_cancelled() -> Any:
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task


async def hangs() -> Any:
    await asyncio.sleep(60)


async def spins() -> Any:
    while True:  # noqa: ASYNC110  # it waits for nothing, which is the point
        await asyncio.sleep(0)


def hangs_unseen() -> Any:
    return hangs()


def gives_nonsense() -> Any:
    return 5


def gives_unknown_field() -> Any:
    return {"nonsense": 1}


FAULTS: dict[Callable[[], Any], str] = {
    throws: "RuntimeError: out of order",
    throws_later: "RuntimeError: out of order",
    exits: "SystemExit: 3",
    exits_later: "SystemExit: 3",
    stops: "Stop: enough",
    stops_later: "GeneratorExit",
    fails_unspeakably: "UnspeakableError",
    awaits_what_was_cancelled: "CancelledError",
    hangs: "no answer within 0.02 s",
    hangs_unseen: "no answer within 0.02 s",
    spins: "no answer within 0.02 s",
    gives_nonsense: "gave back int",
    gives_unknown_field: "nonsense",
}


#: One event of each policy, those that fail closed apart.
SAMPLES = {(info.policy, info.closed): name for name, info in CATALOG.items()}.values()
#: Any value is an answer to an event of this policy.
NO_FAULT = {("payload", gives_nonsense), ("payload", gives_unknown_field)}


@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name in SAMPLES for fault in FAULTS if (CATALOG[name].policy, fault) not in NO_FAULT],
)
def test_a_fault_is_named_and_stops_pi_only_where_pi_fails_closed(name: str, fault: Callable[[], Any]) -> None:
    order: list[str] = []
    ran = dispatch(
        name,
        {"before": remembering(order, "before"), "bad": fault, "after": remembering(order, "after")},
        config=Config(plugins={"bad": {"deadline": 0.02}}),
    )

    ((plugin, reason),) = ran.listener.failures
    assert plugin == "bad"
    assert reason.startswith(f"{name}: ")
    assert FAULTS[fault] in reason or (fault is gives_unknown_field and "takes no answer" in reason)
    if name in CLOSED:
        assert isinstance(ran.outcome.failure, HookFailedError)
        assert str(ran.outcome.failure) == f"plugin 'bad': {reason}"
        assert ran.outcome.answer is None
        assert order == ["before"]
    else:
        assert ran.outcome == (None, None)
        assert order == ["before", "after"]


def test_only_tool_calls_and_the_users_shell_fail_closed() -> None:
    assert {"tool_call", "user_bash"} == CLOSED


@pytest.mark.parametrize("fault", FAULTS)
def test_the_answers_of_the_others_survive_a_failure(fault: Callable[[], Any]) -> None:
    def skills(path: str) -> Callable[[], Any]:
        return lambda: {"skillPaths": [path]}

    ran = dispatch(
        "resources_discover", {"a": skills("/a"), "bad": fault, "b": skills("/b")}, config=Config(deadline=0.02)
    )

    assert ran.outcome.answer == {"skillPaths": ["/a", "/b"]}


def test_a_plugin_is_told_what_was_wrong_with_its_answer() -> None:
    ran = dispatch("tool_call", {"bad": gives_unknown_field})

    assert (
        "'nonsense' is not a field of ToolCallAnswer (it has: block, reason, terminate)" in ran.listener.failures[0][1]
    )


# deadlines


def test_each_plugin_has_the_deadline_of_its_configuration() -> None:
    async def slow() -> Any:
        await asyncio.sleep(0.1)
        return {"cancel": False}

    config = Config(deadline=0.02, plugins={"patient": {"deadline": 5}})
    ran = dispatch("session_before_fork", {"hasty": slow, "patient": slow}, config=config)

    assert ran.listener.failures == [("hasty", "session_before_fork: no answer within 0.02 s")]
    assert ran.listener.ended == [("patient", "session_before_fork")]


def test_a_cancelled_implementation_may_clean_up() -> None:
    cleaned: list[str] = []

    async def tidy() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            cleaned.append("up")

    ran = dispatch("agent_start", {"tidy": tidy}, config=Config(deadline=0.02))

    assert cleaned == ["up"]
    assert ran.listener.failures == [("tidy", "agent_start: no answer within 0.02 s")]
    assert ran.abandoned == []


def test_the_deadline_stands_still_while_a_person_is_asked() -> None:
    async def person(_method: str, _params: dict[str, Any]) -> Any:
        await asyncio.sleep(0.15)
        return True

    async def asks(ctx: Context) -> Any:
        return {"cancel": await ctx.ui.confirm("Sure?")}

    ran = dispatch("session_before_fork", {"a": asks}, config=Config(deadline=0.05), answer=person)

    assert ran.outcome.answer == {"cancel": True}


def test_the_deadline_goes_on_after_the_dialog() -> None:
    async def person(_method: str, _params: dict[str, Any]) -> Any:
        await asyncio.sleep(0.05)

    async def asks(ctx: Context) -> None:
        await ctx.ui.input("Name?")
        await asyncio.sleep(60)

    ran = dispatch("agent_start", {"a": asks}, config=Config(deadline=0.05), answer=person)

    assert ran.listener.failures == [("a", "agent_start: no answer within 0.05 s")]


@pytest.mark.parametrize("name", ["tool_call", "session_before_fork"])
def test_one_that_ignores_its_cancellation_is_left_behind_with_those_after_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pi_host._deadline.GRACE_SECONDS", 0.05)
    order: list[str] = []

    async def stubborn() -> None:
        for _ in range(20):
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                order.append("cancelled")

    ran = dispatch(name, {"stubborn": stubborn, "after": remembering(order, "after")}, config=Config(deadline=0.02))

    (told,) = ran.abandoned
    assert ran.listener.failures == [
        ("stubborn", f"{name}: ignored its cancellation and was left behind, with the plugins after it")
    ]
    assert (told.failure is not None) == (name in CLOSED)
    assert order == ["cancelled"]


def test_cancelling_the_whole_dispatch_is_no_plugins_failure() -> None:
    listener = Listener()
    hook = registry_of({"a": namespace(it=hookimpl(specname="agent_start")(hangs))}).hook("agent_start")
    assert hook is not None

    async def run() -> None:
        task = asyncio.ensure_future(
            Dispatcher(Mark(), listener).run(hook, event_of("agent_start"), contexts_of(MemoryLink()), lambda _: None)
        )
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(run())
    assert listener.failures == []


# messages


def test_messages_given_back_keep_their_identity_in_pi() -> None:
    async def fetch(start: int | None, stop: int | None) -> Any:
        return [{"role": "user", "content": str(n)} for n in range(start or 0, stop or 0)]

    async def tail(event: Any) -> Any:
        return {"messages": (await event.messages.load())[1:]}

    event = event_of("context")
    event.messages = MessageList(["user"] * 4, fetch)  # type: ignore[attr-defined]  # this event has it
    ran = dispatch("context", {"a": tail, "b": tail}, event=event)

    assert ran.event.messages.plan() == [[2, 4]]
