"""Runs one hook over plugins that are made on the spot."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from core_support import Listener, MemoryLink, namespace, registry_of

from pi_host import hookimpl
from pi_host._catalog import CATALOG
from pi_host._context import Context, Signal
from pi_host._dispatch import Dispatcher
from pi_host._handles import MessageList
from pi_host._hook import Outcome
from pi_host._watchdog import Mark

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pi_host._base import Event
    from pi_host._config import Config
    from pi_host._deadline import Clock

__all__ = ["CLOSED", "Plugins", "Ran", "contexts_of", "dispatch", "event_of"]

#: Modules, or single functions that implement the hook in question.
Plugins: TypeAlias = Mapping[str, Callable[..., Any] | ModuleType]

#: Names of the events whose failing plugins stop pi.
CLOSED = {name for name, info in CATALOG.items() if info.closed}


class Ran(NamedTuple):
    """What came of one dispatch."""

    outcome: Outcome
    event: Any
    listener: Listener
    abandoned: list[Outcome]


def event_of(name: str) -> Event:
    """An event whose fields are all absent but for the list of messages, which dispatch itself needs."""
    info = CATALOG[name]
    kind: type[Event] = getattr(importlib.import_module(f"pi_host.events._{info.group}"), info.event)
    values: dict[str, Any] = dict.fromkeys(kind.__struct_fields__)
    if info.policy == "edit":
        values["messages"] = MessageList([], MemoryLink().call)  # type: ignore[arg-type]  # empty, so nothing is fetched
    if name == "message_end":
        values["message"] = {"role": "user"}
    return kind(**values)


def contexts_of(link: MemoryLink) -> Callable[[str, Clock | None], Context]:
    """Make contexts that call over ``link``."""

    def context(plugin: str, clock: Clock | None) -> Context:
        return Context(link, {}, plugin=plugin, options={}, signal=Signal(), clock=clock)

    return context


def dispatch(
    name: str,
    plugins: Plugins,
    *,
    config: Config | None = None,
    answer: Callable[[str, dict[str, Any]], Awaitable[Any]] | None = None,
    event: Event | None = None,
) -> Ran:
    """Run a hook over plugins: modules, or single functions that implement it."""
    hook = registry_of(
        {
            plugin: member if isinstance(member, ModuleType) else namespace(it=hookimpl(specname=name)(member))
            for plugin, member in plugins.items()
        },
        config,
    ).hook(name)
    assert hook is not None
    happened, listener, abandoned = event or event_of(name), Listener(), list[Outcome]()
    link = MemoryLink(answer) if answer else MemoryLink()
    run = Dispatcher(Mark(), listener).run(hook, happened, contexts_of(link), abandoned.append)
    return Ran(asyncio.run(run), happened, listener, abandoned)
