"""Events, tool calls and commands, from the frame's payload to the answer that goes back."""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from pi_host._codec import decode, decode_as, encode
from pi_host._context import Context, Signal
from pi_host._dispatch import Dispatcher
from pi_host._errors import CallRefusedError, WireError
from pi_host._handles import Handle, MessageList
from pi_host._hook import Outcome
from pi_host._stepping import stepped
from pi_host._tools import ToolContext, result

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pi_host._base import Event
    from pi_host._config import Config
    from pi_host._context import Facts
    from pi_host._deadline import Clock
    from pi_host._handles import Fetch
    from pi_host._hook import Hook, Listener
    from pi_host._link import Link
    from pi_host._registry import Registry
    from pi_host._watchdog import Mark

__all__ = ["Request", "Runtime"]

C = TypeVar("C", bound=Context)


class Request(NamedTuple):
    """One thing that pi asked for.

    Attributes:
        id: its id, by which calls made in its course find pi's context for it; 0 for none.
        signal: pi's abort signal for it.
    """

    id: int
    signal: Signal


class _Compiled(NamedTuple):
    """A hook with all that can be worked out once."""

    hook: Hook
    decoder: msgspec.json.Decoder[Event]
    batch_decoder: msgspec.json.Decoder[list[Event]]
    handles: tuple[tuple[str, str], ...]
    inplace: tuple[tuple[str, str], ...]
    suspends: bool
    observes: bool


class _Changes:
    """What plugins change in place in the fields of an event where pi obeys that.

    Args:
        event: as it came, before any plugin saw it.
        fields: the fields, by their names here and in pi.
    """

    __slots__ = ("_event", "_fields", "_sent", "_settled")

    def __init__(self, event: Event, fields: tuple[tuple[str, str], ...]) -> None:
        self._event = event
        self._fields = fields
        self._sent = [encode(getattr(event, attribute)) for attribute, _ in fields]
        self._settled = self._sent.copy()

    def settle(self) -> None:
        """Note what is in the fields now.

        Raises:
            WireError: one of them is no JSON; it has again what it had before.
        """
        wrong = None
        for number, (attribute, field) in enumerate(self._fields):
            try:
                self._settled[number] = encode(getattr(self._event, attribute))
            except WireError as error:
                setattr(self._event, attribute, decode(self._settled[number]))
                wrong = WireError(f"{field!r}, changed in place, is {error}")
        if wrong is not None:
            raise wrong

    def by_field(self) -> dict[str, Any]:
        """Return the fields that are not as they came, under pi's own names."""
        return {
            field: getattr(self._event, attribute)
            for (attribute, field), sent, settled in zip(self._fields, self._sent, self._settled, strict=True)
            if settled != sent
        }


class Runtime:
    """Runs what the plugins registered.

    Args:
        registry: the plugins.
        config: their options.
        link: carries their calls to pi.
        listener: is told of failures and timings.
        mark: tells the watchdog whose code runs.

    Attributes:
        facts: what pi told about the session.
    """

    def __init__(self, registry: Registry, config: Config, link: Link, listener: Listener, mark: Mark) -> None:
        self.facts: Facts = {}
        self._registry = registry
        self._config = config
        self._link = link
        self._mark = mark
        self._dispatcher = Dispatcher(mark, listener)
        self._compiled: dict[str, _Compiled | None] = {}

    def suspends(self, name: str) -> bool:
        """Whether answering the event ``name`` may have to wait for something, so that it needs a task."""
        compiled = self._compile(name)
        return compiled is not None and compiled.suspends

    async def event(
        self, name: str, payload: msgspec.Raw | bytes, request: Request, abandon: Callable[[Outcome], None]
    ) -> Outcome:
        """Run the hook ``name`` on an event.

        Returns:
            The outcome; its answer has the members ``a`` (merged answer), ``i`` (payload fields changed in place) and
            ``e`` (plan of an edited message list), each only if there is something to say, or is ``None``.

        Raises:
            msgspec.ValidationError: the payload is not what this event's class says.
        """
        compiled = self._compile(name)
        if compiled is None:
            return Outcome(None, None)
        event = decode_as(compiled.decoder, payload)
        for attribute, field in compiled.handles:
            if (value := getattr(event, attribute)) is not None:  # not every pi has every field
                setattr(event, attribute, self._handle(value, field, request.id))
        changes = _Changes(event, compiled.inplace)

        def contexts(plugin: str, clock: Clock | None) -> Context:
            return self._context(Context, plugin, request, clock)

        def finish(outcome: Outcome) -> Outcome:
            return Outcome(_reply(compiled, event, changes, outcome.answer), outcome.failure)

        def give_up(outcome: Outcome) -> None:
            abandon(finish(outcome))

        return finish(await self._dispatcher.run(compiled.hook, event, contexts, give_up, changes.settle))

    async def observe(self, name: str, batch: msgspec.Raw | bytes) -> bool:
        """Run the hook ``name`` on a JSON list of events that nobody waits for.

        Returns:
            Whether it did; ``False`` means that some implementation needs ``event``, one event at a time.

        Raises:
            msgspec.ValidationError: an event is not what the event's class says; no implementation saw any.
        """
        compiled = self._compile(name)
        if compiled is None or not compiled.observes:
            return compiled is None
        request = Request(0, Signal())

        def contexts(plugin: str, clock: Clock | None) -> Context:
            return self._context(Context, plugin, request, clock)

        events = decode_as(compiled.batch_decoder, batch)
        await self._dispatcher.observe(compiled.hook, events, contexts)
        return True

    async def tool(self, name: str, payload: msgspec.Raw | bytes, request: Request) -> dict[str, Any]:
        """Run a tool on ``{"callId", "params"}`` and return what pi's ``execute`` returns.

        Raises:
            CallRefusedError: no active plugin has such a tool.
            Exception: whatever the tool raises; it is the text that the model reads.
        """
        if name not in self._registry.tools:
            raise CallRefusedError(f"no active Python plugin has a tool {name!r}")
        plugin, tool = self._registry.tools[name]
        call = decode(payload)
        ctx = self._context(ToolContext, plugin, request, None)
        ctx.tool_call_id = call["callId"]
        return result(await self._await(plugin, f"tool {name}", lambda: tool.call(call["params"], ctx)))

    async def command(self, name: str, payload: msgspec.Raw | bytes, request: Request) -> None:
        """Run a command on ``{"args"}``.

        Raises:
            CallRefusedError: no active plugin has such a command.
            Exception: whatever the command raises.
        """
        plugin, command = self._command(name)
        ctx = self._context(Context, plugin, request, None)
        arguments = decode(payload)["args"]
        said = await self._await(plugin, f"/{name}", lambda: command.call(arguments, ctx))
        if isinstance(said, str):
            ctx.ui.notify(said)

    async def companion(self, plugin: str, payload: msgspec.Raw | bytes, request: Request) -> Any:
        """Answer ``{"name", "data"}`` of a plugin's module inside pi and return what it is answered.

        Raises:
            CallRefusedError: that plugin is not active or has no answer to it.
            Exception: whatever the plugin's function raises.
        """
        said = decode(payload)
        companion = self._registry.companions.get(plugin)
        handler = companion.handlers.get(said["name"]) if companion is not None else None
        if handler is None:
            raise CallRefusedError(f"plugin {plugin!r} has no answer to {said['name']!r} of its companion module")
        ctx = self._context(Context, plugin, request, None)
        known = {"data": said.get("data"), "ctx": ctx}
        wanted = {name: known[name] for name in inspect.signature(handler).parameters if name in known}
        return await self._await(plugin, f"companion {said['name']}", lambda: handler(**wanted))

    async def complete(self, name: str, payload: msgspec.Raw | bytes) -> list[dict[str, Any]]:
        """Return the completions of a command's arguments for ``{"prefix"}`` in pi's form.

        Raises:
            CallRefusedError: no active plugin has such a command.
            Exception: whatever the plugin's function raises.
        """
        plugin, command = self._command(name)
        complete = command.complete
        if complete is None:
            return []
        prefix = decode(payload)["prefix"]
        proposals = await self._await(plugin, f"/{name} completion", lambda: complete(prefix))
        return [
            {"value": proposal, "label": proposal} if isinstance(proposal, str) else proposal
            for proposal in proposals or ()
        ]

    def _command(self, name: str) -> tuple[str, Any]:
        if name not in self._registry.commands:
            raise CallRefusedError(f"no active Python plugin has a command {name!r}")
        return self._registry.commands[name]

    async def _await(self, plugin: str, what: str, function: Callable[[], Any]) -> Any:
        # Tools and commands may take as long as they need, but not on everybody's event loop.
        deadline = self._config.deadline_of(plugin)
        self._mark.enter(plugin, what, deadline)
        try:
            value = function()
        finally:
            self._mark.leave()
        if inspect.iscoroutine(value):
            return await stepped(value, self._mark, (plugin, what, deadline), nullcontext())
        return await value if inspect.isawaitable(value) else value

    def _context(self, kind: type[C], plugin: str, request: Request, clock: Clock | None) -> C:
        options = self._config.plugins.get(plugin, {})
        return kind(
            self._link,
            self.facts,
            plugin=plugin,
            options=options,
            signal=request.signal,
            request=request.id,
            clock=clock,
        )

    def _handle(self, value: Any, field: str, request: int) -> Handle[Any] | MessageList:
        generation = self.facts.get("generation", 0)

        def fetch(start: int | None, stop: int | None) -> Awaitable[Any]:
            part = {"field": field, "start": start, "stop": stop}
            return self._link.call("handle.load", part, generation=generation, request=request)

        return Handle(fetch) if value is True else _message_list(value, fetch)

    def _compile(self, name: str) -> _Compiled | None:
        if name not in self._compiled:
            hook = self._registry.hook(name)
            self._compiled[name] = None if hook is None else _compile(hook)
        return self._compiled[name]


def _message_list(value: Any, fetch: Fetch) -> MessageList:
    return MessageList(value["roles"], fetch)


def _compile(hook: Hook) -> _Compiled:
    attributes = dict(zip(hook.event.__struct_encode_fields__, hook.event.__struct_fields__, strict=True))
    inplace = ("payload",) if hook.info.policy == "payload" else hook.info.inplace
    return _Compiled(
        hook,
        msgspec.json.Decoder(hook.event),
        msgspec.json.Decoder(list[hook.event]),  # type: ignore[name-defined]  # a class known at run time only
        tuple((attributes[field], field) for field in hook.info.handles),
        tuple((attributes[field], field) for field in inplace),
        hook.may_suspend,
        hook.only_observes,
    )


def _reply(compiled: _Compiled, event: Event, changes: _Changes, answer: Any) -> dict[str, Any] | None:
    reply: dict[str, Any] = {}
    if answer is not None:
        reply["a"] = answer
    if changed := changes.by_field():
        reply["i"] = changed
    if compiled.hook.info.policy == "edit" and (plan := event.messages.plan()) is not None:  # type: ignore[attr-defined]  # events of this policy have a message list
        reply["e"] = plan
    return reply or None
