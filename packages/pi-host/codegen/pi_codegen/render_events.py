"""Renders the event and answer classes and the door to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pi_codegen.pytypes import annotation, field_type, public_types

if TYPE_CHECKING:
    from pi_codegen.model import EventModel, Field, Model

__all__ = ["answer_signature", "event_signature", "field_doc", "render_door", "render_group"]

_DOOR: Final = '''"""What happens in pi, what may be answered, and the JSON types inside.

Each subject has a module of its own, imported when one of its names is first used: a plugin that listens to one event
does not pay for the others. Written by codegen/sync.py; do not edit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pi_host._catalog import CATALOG

if TYPE_CHECKING:
{imports}

__all__ = {names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    module = next((info.group for info in CATALOG.values() if name in {{info.event, info.answer}}), "types")
    value = getattr(import_module(f"{{__name__}}._{{module}}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
'''


def field_doc(field: Field, event: EventModel) -> str:
    """Return what a field means, with the version that brought it if the event is older than that."""
    return field.note.doc if field.since == event.note.since else f"{field.note.doc} Since pi {field.since}."


def answer_signature(field: Field) -> str:
    """Return the annotation and default of an answer's field."""
    kind = field.note.type or annotation(field.schema)
    return kind if field.required else f"{_or_none(kind)} = None"


def event_signature(event: EventModel, field: Field, *, inside: bool) -> str:
    """Return the annotation and default of an event's field."""
    kind = field_type(event, field, inside=inside)
    return kind if field.required else f"{_or_none(kind)} = None"


def _or_none(kind: str) -> str:
    return kind if kind == "Any" or kind.endswith("| None") else f"{kind} | None"


def render_group(model: Model, group: str) -> str:
    """Return the text of ``pi_host/events/_<group>.py``, not yet formatted."""
    events = [event for event in model.events if event.note.group == group]
    body = "\n\n".join(_event_class(event) + _answer_class(event) for event in events)
    words = set(re.findall(r"\w+", body))
    door = {"Event", *(["Answer"] if any(event.answer for event in events) else [])}
    types = sorted((words & {*public_types(model), "MessageList"}) - _class_names(events))
    names = sorted(_class_names(events))
    lines = [
        f'"""{model.notes.groups[group]}\n\nWritten by codegen/sync.py; do not edit.\n"""',
        "",
        *(["from collections.abc import Mapping, Sequence"] if "Mapping" in words else []),
        f"from typing import {', '.join(sorted(words & {'Any', 'Literal'} | {'ClassVar'}))}",
        "",
        *(["import msgspec"] if "msgspec" in words else []),
        "",
        f"from pi_host._base import {', '.join(sorted(door))}",
        *([f"from pi_host.events._types import {', '.join(types)}"] if types else []),
        "",
        f"__all__ = {names!r}",
        "",
        body,
    ]
    return "\n".join(lines)


def _class_names(events: list[EventModel]) -> set[str]:
    return {name for event in events for name in (event.event, event.answer) if name}


def _event_class(event: EventModel) -> str:
    lines = [f"class {event.event}(Event, kw_only=True):", *_docstring(event.note.summary, event, event.fields)]
    lines += ["", f'    name: ClassVar[str] = "{event.name}"', ""]
    for field in event.fields:
        signature = event_signature(event, field, inside=True)
        lines.append(f"    {field.name}: {_with_wire_name(field, signature)}")
    return "\n".join([*lines, "", ""])


def _with_wire_name(field: Field, signature: str) -> str:
    if field.note.name is None:
        return signature
    kind, _, default = signature.partition(" = ")
    default = f"default={default}, " if default else ""
    return f'{kind} = msgspec.field({default}name="{field.wire}")'


def _answer_class(event: EventModel) -> str:
    if event.answer is None:
        return ""
    lines = [
        f"class {event.answer}(Answer, kw_only=True):",
        *_docstring(f"What a plugin may answer to ``{event.name}``.", event, event.answers),
        "",
    ]
    lines += [f"    {field.name}: {answer_signature(field)}" for field in event.answers]
    return "\n".join([*lines, "", ""])


def _docstring(summary: str, event: EventModel, fields: list[Field]) -> list[str]:
    if not fields:
        return [f'    """{summary}"""']
    documented = [f"        {field.name}: {field_doc(field, event).replace('`', '``')}" for field in fields]
    return [f'    """{summary}', "", "    Attributes:", *documented, '    """']


def render_door(model: Model) -> str:
    """Return the text of ``pi_host/events/__init__.py``, not yet formatted."""
    homes = {"_types": public_types(model)}
    for group in model.notes.groups:
        homes[f"_{group}"] = sorted(_class_names([event for event in model.events if event.note.group == group]))
    imports = [f"    from pi_host.events.{module} import {', '.join(homes[module])}" for module in sorted(homes)]
    names = sorted(name for names in homes.values() for name in names)
    return _DOOR.format(imports="\n".join(imports), names=repr(names))
