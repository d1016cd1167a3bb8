"""From schemas to Python types: annotations, and the module with pi's named types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_codegen.shape import Schema, pascal, references, target

if TYPE_CHECKING:
    from pi_codegen.model import EventModel, Field, Model

__all__ = ["annotation", "field_type", "handle_type", "public_types", "render_stub", "render_types"]

#: Any JSON value is `Any` in Python: a checker cannot do more with it, and a reader would have to unfold it.
_PLAIN: Final = {"JsonValue": "Any", "JsonObject": "dict[str, Any]"}
_SIMPLE: Final = {
    "string": "str",
    "integer": "int",
    "number": "int | float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}

_LOOSE: Final = '''"""pi's own JSON types as they are at run time: plain data.

Editors and type checkers read the exact types from the stub beside this module. Nothing inside an event is validated,
so that a newer pi with one more field or value does not break a plugin. Written by codegen/sync.py; do not edit.
"""

from typing import Any
'''
_EXACT: Final = """\
# pi's own JSON types, as exact as the pi they were read from. Written by codegen/sync.py; do not edit.

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from pi_host._handles import Handle
from pi_host._handles import MessageList as MessageList
"""


def annotation(schema: Schema) -> str:
    """Return the Python type of a schema; named types keep their name."""
    if "$ref" in schema:
        name = target(schema)
        return _PLAIN.get(name, name)
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    if "anyOf" in schema:
        return _union(schema["anyOf"])
    if schema.get("type") == "array":
        return f"list[{annotation(schema['items'])}]"
    if "additionalProperties" in schema:
        return f"dict[str, {annotation(schema['additionalProperties'])}]"
    return _SIMPLE[schema["type"]] if schema else "Any"


def _union(members: list[Schema]) -> str:
    types = list(dict.fromkeys(annotation(member) for member in members))
    if "Any" in types or "dict[str, Any]" in types:  # an open object takes in the closed ones beside it
        return "Any" if "Any" in types else "dict[str, Any]"
    return " | ".join(sorted(types, key=lambda name: name == "None"))


def handle_type(field: Field) -> str:
    """Return the type of a field that stays in pi."""
    is_context = field.schema.get("items", {}).get("$ref", "").endswith("/AgentMessage") and field.note.type is None
    return "MessageList" if is_context and field.name == "messages" else f"Handle[{annotation(field.schema)}]"


def field_type(event: EventModel, field: Field, *, inside: bool) -> str:
    """Return the annotation of an event's field.

    Args:
        event: the event.
        field: one of its fields.
        inside: whether it is for the generated class, where types that must not be validated go by a name.
    """
    if field.is_handle:
        plain = handle_type(field)
        return _handle_name(field) if inside else plain
    if "enum" in field.schema and inside:
        return _enum_name(event, field)
    return annotation(field.schema)


def _enum_name(event: EventModel, field: Field) -> str:
    return event.base + pascal(field.wire)


def _handle_name(field: Field) -> str:
    if handle_type(field) == "MessageList":
        return "MessageList"
    schema = field.schema
    return (target(schema["items"]) + "List" if "items" in schema else annotation(schema)) + "Handle"


def _used(model: Model) -> list[str]:
    """Return the names of all types that events and answers reach, each after those it is made of."""
    order: list[str] = []

    def visit(schema: Schema) -> None:
        for name in references(schema):
            if name not in order and name not in _PLAIN:
                visit(model.defs[name])
                order.append(name)

    for event in model.events:
        for field in [*event.fields, *event.answers]:
            visit(field.schema)
    return list(dict.fromkeys(order))


def public_types(model: Model) -> list[str]:
    """Return every name that the module of types defines for plugin authors."""
    return sorted([*_used(model), *_own_names(model)])


def _own_names(model: Model) -> dict[str, str]:
    """Return the aliases that belong to one field: its constants, or the handle it comes as."""
    names: dict[str, str] = {}
    for event in model.events:
        for field in event.fields:
            if field.is_handle and handle_type(field) != "MessageList":
                names[_handle_name(field)] = handle_type(field)
            elif "enum" in field.schema and not field.is_handle:
                names[_enum_name(event, field)] = annotation(field.schema)
    return names


def render_types(model: Model) -> str:
    """Return the text of ``pi_host/events/_types.py``, not yet formatted."""
    used, own = _used(model), _own_names(model)
    loose = {name: _runtime(model.defs[name], model) for name in used}
    loose |= {name: "Any" if kind.startswith("Handle") else "str" for name, kind in own.items()}
    lines = [f"{name} = {kind}" for name, kind in sorted({"MessageList": "Any", **loose}.items())]
    return "\n".join([_LOOSE, *_all(used, own), *lines, ""])


def render_stub(model: Model) -> str:
    """Return the text of ``pi_host/events/_types.pyi``, not yet formatted."""
    used, own = _used(model), _own_names(model)
    exact = [_definition(name, model.defs[name]) for name in used]
    exact += [f"{name}: TypeAlias = {kind}" for name, kind in own.items()]
    return "\n".join([_EXACT, *_all(used, own), *exact, ""])


def _all(used: list[str], own: dict[str, str]) -> list[str]:
    return [f"__all__ = {sorted(['MessageList', *used, *own])!r}", ""]


def _definition(name: str, schema: Schema) -> str:
    if "properties" not in schema:
        return f"{name}: TypeAlias = {annotation(schema)}"
    lines = [f"class {name}(TypedDict):"]
    for key, value in schema["properties"].items():
        kind = annotation(value)
        lines.append(f"    {key}: {kind if key in schema['required'] else f'NotRequired[{kind}]'}")
    return "\n".join(lines if schema["properties"] else [*lines, "    pass"])


def _runtime(schema: Schema, model: Model) -> str:
    kinds = sorted(_kinds(schema, model))
    return "Any" if "Any" in kinds else " | ".join(sorted(kinds, key=lambda kind: kind == "None"))


def _kinds(schema: Schema, model: Model) -> set[str]:
    if "$ref" in schema:
        return _kinds(model.defs[target(schema)], model)
    if "anyOf" in schema:
        return {kind for member in schema["anyOf"] for kind in _kinds(member, model)}
    if "enum" in schema:
        return {type(value).__name__ for value in schema["enum"]}
    if not schema:
        return {"Any"}
    return {"array": {"list"}, "object": {"dict"}, "number": {"int", "float"}}.get(
        schema["type"], {_SIMPLE.get(schema["type"], "Any")}
    )
