"""Renders the reference page of all events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_codegen.pytypes import annotation, field_type
from pi_codegen.render_hooks import failure, reply, waiting

if TYPE_CHECKING:
    from pi_codegen.model import EventModel, Field, Model

__all__ = ["render_page"]

#: What stands in the place of an answer class.
_WITHOUT_CLASS: Final = {"payload": "any JSON", "headers": "in place"}

_INTRO: Final = """\
# Events

Everything that happens in pi and that a plugin may hear of. A plugin implements the hook of the same name:

```python
from pi_host import hookimpl


@hookimpl
def agent_settled(event, ctx): ...
```

A hook may be a plain or an `async def` function, and takes any of `event` and `ctx`. It may return nothing, an answer,
or, if it is a plain function, an awaitable of either: that is what `Reply[...]` stands for. pi is asked to send an
event only when some plugin implements its hook.

Fields are pi's own, in snake_case. What lies inside them is JSON data under pi's own names; its types are in
`pi_host.events`. A field that is optional in pi, or that an older supported pi does not send, is `None` when it is
missing. `Handle` and `MessageList` fields stay in pi until they are asked for.

The oldest supported pi is 0.74.2. "Since" tells the first pi that has an event or a field.

<!-- Written by packages/pi-host/codegen/sync.py; do not edit. -->
"""


def render_page(model: Model) -> str:
    """Return the text of ``docs/reference/events.md``."""
    parts = [_INTRO, _overview(model)]
    for group, text in model.notes.groups.items():
        parts.append(f"## {group.title()}\n\n{text}\n")
        parts += [_event(model, event) for event in model.events if event.note.group == group]
    return "\n".join(parts)


def _overview(model: Model) -> str:
    rows = ["| event | answer | merge | fails | awaited | since |", "|---|---|---|---|---|---|"]
    for event in model.events:
        note = event.note
        answer = (
            f"`{event.answer}`" if event.answer else {"payload": "any JSON", "headers": "in place"}.get(note.policy, "")
        )
        fails = "closed" if note.closed else "open"
        awaited = "yes" if note.awaited and not note.detached else "no"
        link = f"[`{event.name}`](#{event.name})"
        rows.append(f"| {link} | {answer} | {note.policy} | {fails} | {awaited} | {note.since} |")
    return "\n".join([*rows, ""])


def _event(model: Model, event: EventModel) -> str:
    note = event.note
    signature = f"def {event.name}(event: {event.event}, ctx: Context) -> {reply(event)}"
    parts = [f"### {event.name}\n", f"```python\n{signature}\n```\n", f"{note.summary} {note.when}\n"]
    if event.fields:
        rows = [(field, field_type(event, field, inside=False)) for field in event.fields]
        parts.append(_table(f"`{event.event}`", rows))
    if note.inplace:
        parts.append(f"Changed in place: {', '.join(f'`{name}`' for name in _snake(event, note.inplace))}.\n")
    if event.answers:
        rows = [(field, field.note.type or annotation(field.schema)) for field in event.answers]
        parts.append(_table(f"`{event.answer}`", rows))
    parts.append(f"- **Several plugins** ({note.policy}): {model.notes.policies[note.policy]}")
    parts.append(f"- **Failure**: {failure(event)}")
    parts.append(f"- **Waiting**: {waiting(event)}")
    parts.append(f"- **Since**: pi {note.since}. JSON Schema: `pi_host/schemas/{event.name}.json`.\n")
    parts.append(f"```python\n{note.example.strip()}\n```\n")
    return "\n".join(parts)


def _snake(event: EventModel, wires: tuple[str, ...]) -> list[str]:
    return [field.name for field in event.fields if field.wire in wires]


def _table(title: str, rows: list[tuple[Field, str]]) -> str:
    lines = [f"| {title} | type | since | meaning |", "|---|---|---|---|"]
    for field, kind in rows:
        whole = kind if field.required or kind == "Any" or kind.endswith("| None") else f"{kind} | None"
        cells = [f"`{field.name}`", f"`{whole}`".replace("|", "\\|"), field.since, field.note.doc]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
