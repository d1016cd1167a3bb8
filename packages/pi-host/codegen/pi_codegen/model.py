"""Joins what was read from pi with the notes: one description per event, from which everything is rendered."""

from __future__ import annotations

import keyword
from typing import Any, Final

import msgspec

from pi_codegen.notes import EventNote, FieldNote, Notes
from pi_codegen.shape import Schema, apply_notes, merge_members, name_nested, resolve, snake, target

__all__ = ["EventModel", "Field", "Model", "build"]

#: Answers of these policies are no object with fields: any JSON value, or changes in place.
_WITHOUT_CLASS: Final = {"payload", "headers", "observe"}


class Field(msgspec.Struct, kw_only=True):
    """One field of an event or an answer."""

    wire: str
    name: str
    schema: Schema
    required: bool
    since: str
    note: FieldNote
    is_handle: bool = False


class EventModel(msgspec.Struct, kw_only=True):
    """One event with everything that is rendered about it."""

    name: str
    note: EventNote
    event: str
    answer: str | None
    fields: list[Field]
    answers: list[Field]

    @property
    def base(self) -> str:
        """The class name without its ending, which names the types written inside it."""
        return self.event.removesuffix("Event")


class Model(msgspec.Struct, kw_only=True):
    """All events in pi's order, and the named types they reach."""

    notes: Notes
    events: list[EventModel]
    defs: dict[str, Schema]


def build(extracted: dict[str, Any], notes: Notes) -> Model:
    """Join the extracted declarations with the notes.

    Raises:
        ValueError: an event or a field has no note, or a note has no event or field.
    """
    defs: dict[str, Schema] = extracted["defs"]
    apply_notes(defs, notes.integers, notes.omitted, notes.optional)
    names = [event["name"] for event in extracted["events"]]
    _same("events", set(names), set(notes.events))
    own = {name for event in extracted["events"] for name in _own_types(event, defs)}
    for owner in [name for name in defs if name not in own]:
        defs[owner] = name_nested(owner, defs[owner], defs)
    events = [_event(raw, notes.events[raw["name"]], defs) for raw in extracted["events"]]
    return Model(notes=notes, events=events, defs=defs)


def _own_types(event: dict[str, Any], defs: dict[str, Schema]) -> set[str]:
    """The types that become the event and answer class themselves; what is written inside is named after those."""
    queue = [event["payload"], event["result"] or {}]
    names: set[str] = set()
    while queue:
        schema = queue.pop()
        queue += schema.get("anyOf", ())
        if "$ref" in schema:
            name = target(schema)
            names.add(name)
            queue.append(defs[name])
    return names


def _event(raw: dict[str, Any], note: EventNote, defs: dict[str, Schema]) -> EventModel:
    payload = _one_object(raw["payload"], defs)
    for dropped in ("type", *note.dropped):
        payload["properties"].pop(dropped, None)
    base = raw["type"].removesuffix("Event")
    has_answer = note.policy not in _WITHOUT_CLASS
    if not has_answer and note.answers:
        raise ValueError(f"event {raw['name']!r} has notes on an answer, but its policy {note.policy!r} takes none")
    result = _one_object(raw["result"], defs) if has_answer else {"properties": {}, "required": []}
    return EventModel(
        name=raw["name"],
        note=note,
        event=raw["type"],
        answer=f"{base}Answer" if has_answer else None,
        fields=_fields(raw["name"], name_nested(base, payload, defs), note.fields, note, note.handles),
        answers=_fields(f"{raw['name']} answer", name_nested(base, result, defs), note.answers, note),
    )


def _one_object(schema: Schema, defs: dict[str, Schema]) -> Schema:
    whole = resolve(schema, defs)
    members = [resolve(member, defs) for member in whole.get("anyOf", [whole])]
    return merge_members(members)


def _fields(
    where: str, schema: Schema, notes: dict[str, FieldNote | str], event: EventNote, handles: tuple[str, ...] = ()
) -> list[Field]:
    _same(f"fields of {where}", set(schema["properties"]), set(notes))
    return [_field(wire, schema, notes[wire], event, is_handle=wire in handles) for wire in schema["properties"]]


def _field(wire: str, owner: Schema, note: FieldNote | str, event: EventNote, *, is_handle: bool) -> Field:
    note = FieldNote(doc=note) if isinstance(note, str) else note
    schema = owner["properties"][wire]
    name = note.name or snake(wire)
    since = note.since or event.since
    is_nullable = {"type": "null"} in schema.get("anyOf", ())
    return Field(
        wire=wire,
        name=f"{name}_" if keyword.iskeyword(name) else name,
        schema=schema,
        required=wire in owner["required"] and not is_nullable and since == event.since,
        since=since,
        note=note,
        is_handle=is_handle,
    )


def _same(what: str, in_pi: set[str], in_notes: set[str]) -> None:
    if missing := sorted(in_pi - in_notes):
        raise ValueError(f"{what}: pi declares {missing!r} without a note: describe them in notes.toml")
    if surplus := sorted(in_notes - in_pi):
        raise ValueError(f"{what}: the notes describe {surplus!r}, which pi does not declare: remove or rename them")
