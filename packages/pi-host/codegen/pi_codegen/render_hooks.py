"""Renders the hook specifications and the catalog."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pi_codegen.model import EventModel, Model

__all__ = ["failure", "render_catalog", "render_group_hooks", "render_hooks_door", "reply", "waiting"]


def reply(event: EventModel) -> str:
    """Return what an implementation of the hook may return."""
    return f"Reply[{event.answer or ('Any' if event.note.policy == 'payload' else 'None')}]"


def failure(event: EventModel) -> str:
    """Return what a failing plugin means for pi."""
    if event.note.closed:
        return "Fails closed: when a plugin raises or is too slow, pi does not do what it was about to do."
    return "Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer."


def waiting(event: EventModel) -> str:
    """Return whether pi waits for the plugins."""
    if event.note.detached:
        return "pi does not wait for the plugins."
    return (
        "pi waits for the plugins." if event.note.awaited else "pi does not wait for the plugins: it comes too often."
    )


def render_group_hooks(model: Model, group: str) -> str:
    """Return the text of ``pi_host/hookspecs/_<group>.py``, not yet formatted."""
    events = [event for event in model.events if event.note.group == group]
    names = sorted({name for event in events for name in (event.event, event.answer) if name})
    needs_any = any(reply(event) == "Reply[Any]" for event in events)
    lines = [
        f'"""{model.notes.groups[group]}\n\nWritten by codegen/sync.py; do not edit.\n"""',
        "",
        "from __future__ import annotations",
        "",
        f"from typing import TYPE_CHECKING{', Any' if needs_any else ''}",
        "",
        "from pi_host._markers import hookspec",
        "",
        "if TYPE_CHECKING:",
        "    from pi_host._base import Reply",
        "    from pi_host._context import Context",
        f"    from pi_host.events import {', '.join(names)}",
        "",
        f'__all__ = ["{class_name(group)}"]',
        "",
        "",
        f"class {class_name(group)}:",
        f'    """{model.notes.groups[group]}"""',
        "",
        *(_spec(model, event) for event in events),
    ]
    return "\n".join(lines)


def class_name(group: str) -> str:
    """Return the class that holds the hook specifications of a group."""
    return f"{group.title()}Hooks"


def _spec(model: Model, event: EventModel) -> str:
    note = event.note
    parts = [
        note.summary,
        f"When: {note.when}",
        f"Answers: {model.notes.policies[note.policy]}",
        f"{failure(event)} {waiting(event)}",
        f"Since pi {note.since}.",
    ]
    doc = "\n\n".join(_wrap(part) for part in parts)[8:]
    example = "\n".join(f"            {line}" if line else "" for line in note.example.strip().splitlines())
    # Examples have docstrings of their own, hence the other quotes here.
    return (
        f"    @hookspec\n    def {event.name}(self, event: {event.event}, ctx: Context) -> {reply(event)}:\n"
        f"        '''{doc}\n\n        Example:\n            ```python\n{example}\n            ```\n        '''\n"
    )


def _wrap(text: str) -> str:
    return textwrap.fill(text.replace("`", "``"), 118, initial_indent=" " * 8, subsequent_indent=" " * 8)


def render_hooks_door(model: Model) -> str:
    """Return the text of ``pi_host/hookspecs/__init__.py``, not yet formatted."""
    groups = sorted(model.notes.groups)
    names = [class_name(group) for group in groups]
    return "\n".join(
        [
            '"""The hooks a plugin may implement: one per event of pi, under pi\'s own names.',
            "",
            "Written by codegen/sync.py; do not edit.",
            '"""',
            "",
            *(f"from pi_host.hookspecs._{group} import {class_name(group)}" for group in groups),
            "",
            f"__all__ = {['ALL', *names]!r}",
            "",
            "#: Every class with hook specifications, to be given to ``PluginManager.add_hookspecs``.",
            f"ALL: tuple[type, ...] = ({', '.join(names)},)",
            "",
        ]
    )


def render_catalog(model: Model) -> str:
    """Return the text of ``pi_host/_catalog.py``, not yet formatted."""
    rows = [f'    "{event.name}": EventInfo({_info(event)}),' for event in model.events]
    return "\n".join(
        [
            '"""The facts about every event, in the order in which pi declares them.',
            "",
            "Written by codegen/sync.py; do not edit.",
            '"""',
            "",
            "from typing import Final",
            "",
            "from pi_host._base import EventInfo",
            "",
            '__all__ = ["CATALOG"]',
            "",
            "CATALOG: Final[dict[str, EventInfo]] = {",
            *rows,
            "}",
            "",
        ]
    )


def _info(event: EventModel) -> str:
    note = event.note
    facts: dict[str, object] = {"name": event.name, "group": note.group, "event": event.event, "answer": event.answer}
    facts |= {"policy": note.policy, "closed": note.closed, "awaited": note.awaited, "since": note.since}
    facts |= {"inplace": note.inplace, "handles": note.handles}
    return ", ".join(f"{key}={value!r}" for key, value in facts.items())
