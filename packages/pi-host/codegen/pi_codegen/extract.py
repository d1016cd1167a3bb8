"""Runs the TypeScript side of the generator and proves the notes' versions against older pis."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_codegen.fetch import Lock, lay_out
from pi_codegen.shape import merge_members, resolve
from pi_testkit.pis._node import node

if TYPE_CHECKING:
    from pi_codegen.model import Field, Model
    from pi_codegen.shape import Schema

__all__ = ["check_since", "extract"]

_SCRIPT: Final = Path(__file__).parent.parent / "extract.mjs"
_TYPES: Final = "@earendil-works/pi-coding-agent/dist/core/extensions/types.d.ts"


def extract(lock: Lock, pi: str) -> dict[str, Any]:
    """Return the events and named types that one pi declares."""
    compiler = lay_out(lock, lock.pis[0]) / "typescript"
    types = lay_out(lock, pi) / _TYPES
    command = [str(node()), str(_SCRIPT), str(compiler), str(types)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=120)  # noqa: S603 -- our own node
    read: dict[str, Any] = msgspec.json.decode(done.stdout)
    return read


def check_since(model: Model, pi: str, older: dict[str, Any]) -> None:
    """Prove the notes' versions against what an older pi declares.

    Raises:
        ValueError: a note says too early or too late a version, or takes for certain what the older pi may leave out.
    """
    raw = {event["name"]: event for event in older["events"]}
    for event in model.events:
        _check(event.name, event.note.since, pi, exists=event.name in raw)
        if event.name in raw:
            payload = _properties(raw[event.name]["payload"], older["defs"])
            result = _properties(raw[event.name]["result"], older["defs"])
            for field in event.fields:
                _check_field(f"{event.name}.{field.wire}", field, pi, payload)
            for field in event.answers:
                where = f"{event.name} answer.{field.wire}"
                _check(where, field.since, pi, exists=field.wire in result["properties"])


def _properties(schema: Schema | None, defs: dict[str, Schema]) -> Schema:
    whole = resolve(schema or {}, defs)
    members = [resolve(member, defs) for member in whole.get("anyOf", [whole])]
    return merge_members([member for member in members if "properties" in member])


def _check_field(where: str, field: Field, pi: str, schema: Schema) -> None:
    _check(where, field.since, pi, exists=field.wire in schema["properties"])
    if field.required and field.wire not in schema["required"]:
        raise ValueError(f"pi {pi} may leave {where} out, the newest pi may not: the field needs a default")


def _check(where: str, since: str, pi: str, *, exists: bool) -> None:
    if exists != (_version(since) <= _version(pi)):
        raise ValueError(
            f"notes.toml says {where} is there since {since}, but pi {pi} {'has' if exists else 'lacks'} it"
        )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
