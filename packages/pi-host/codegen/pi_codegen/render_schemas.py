"""Renders one JSON Schema file per event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pi_codegen.shape import Schema, references

if TYPE_CHECKING:
    from pi_codegen.model import EventModel, Field, Model

__all__ = ["render_schema"]


def render_schema(model: Model, event: EventModel) -> str:
    """Return the text of ``pi_host/schemas/<event>.json``: ``event``, ``answer`` (or null) and the types inside."""
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "description": event.note.summary,
        "event": _object(event.fields),
        "answer": _answer(event),
        "$defs": {name: model.defs[name] for name in sorted(_reached(model, event))},
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _answer(event: EventModel) -> Schema | None:
    if event.note.policy == "payload":
        return {}
    return _object(event.answers) if event.answer else None


def _object(fields: list[Field]) -> Schema:
    return {
        "type": "object",
        "properties": {field.wire: {**field.schema, "description": field.note.doc} for field in fields},
        "required": [field.wire for field in fields if field.required],
    }


def _reached(model: Model, event: EventModel) -> set[str]:
    names: set[str] = set()
    queue = [field.schema for field in [*event.fields, *event.answers]]
    while queue:
        fresh = [name for name in references(queue.pop()) if name not in names]
        names.update(fresh)
        queue += [model.defs[name] for name in fresh]
    return names
