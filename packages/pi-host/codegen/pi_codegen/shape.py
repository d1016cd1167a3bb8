"""JSON Schema as the generator's own language: small operations on schemas and definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Schema",
    "apply_notes",
    "merge_members",
    "name_nested",
    "pascal",
    "references",
    "resolve",
    "snake",
    "target",
    "walk",
]

Schema: TypeAlias = dict[str, Any]


def snake(name: str) -> str:
    """Return pi's ``camelCase`` name in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def pascal(name: str) -> str:
    """Return a field name or a constant in PascalCase."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def target(reference: Schema) -> str:
    """Return the name of the definition that a ``$ref`` points at."""
    return str(reference["$ref"]).rpartition("/")[2]


def resolve(schema: Schema, defs: dict[str, Schema]) -> Schema:
    """Follow ``$ref`` until something else is found."""
    while "$ref" in schema:
        schema = defs[target(schema)]
    return schema


def walk(schema: Schema) -> Iterator[Schema]:
    """Yield the schema and every schema written inside it, without following references."""
    yield schema
    inner = [*schema.get("anyOf", ()), *schema.get("properties", {}).values()]
    inner += [schema[key] for key in ("items", "additionalProperties") if key in schema]
    for part in inner:
        yield from walk(part)


def references(schema: Schema) -> list[str]:
    """Return the names of the definitions that the schema mentions itself, in order of appearance."""
    return list(dict.fromkeys(target(part) for part in walk(schema) if "$ref" in part))


def merge_members(members: list[Schema]) -> Schema:
    """Return one object schema for a union of objects; what some members lack is not required."""
    properties: dict[str, list[Schema]] = {}
    for member in members:
        for key, value in member["properties"].items():
            properties.setdefault(key, []).append(value)
    required = [key for key in properties if all(key in member["required"] for member in members)]
    return {
        "type": "object",
        "properties": {key: _union(values) for key, values in properties.items()},
        "required": required,
    }


def _union(schemas: list[Schema]) -> Schema:
    unique = [schema for index, schema in enumerate(schemas) if schema not in schemas[:index]]
    if {} in unique:
        return {}
    if any(schema.get("type") == "string" for schema in unique):
        unique = [schema for schema in unique if "enum" not in schema]
    elif all("enum" in schema for schema in unique):
        unique = [{"enum": list(dict.fromkeys(value for schema in unique for value in schema["enum"]))}]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}


def apply_notes(
    defs: dict[str, Schema], integers: Iterable[str], omitted: Iterable[str], optional: Iterable[str]
) -> None:
    """Make the named numbers whole, leave the named fields out or do not require them, in place.

    Raises:
        ValueError: a note names a field that does not exist.
    """
    for note in integers:
        for owner, field in _fields(note, defs):
            owner["properties"][field] = {"type": "integer"}
    for note in omitted:
        for owner, field in _fields(note, defs):
            del owner["properties"][field]
            owner["required"] = [name for name in owner["required"] if name != field]
    for note in optional:
        for owner, field in _fields(note, defs):
            owner["required"] = [name for name in owner["required"] if name != field]


def _fields(note: str, defs: dict[str, Schema]) -> list[tuple[Schema, str]]:
    type_name, _, field = note.partition(".")
    schema = defs.get(type_name, {})
    owners = [part for part in [schema, *schema.get("anyOf", ())] if field in part.get("properties", {})]
    if not owners:
        raise ValueError(f"the notes name {note!r}, which pi's declarations do not have: remove or correct it")
    return [(owner, field) for owner in owners]


def name_nested(owner: str, schema: Schema, defs: dict[str, Schema]) -> Schema:
    """Give every object written inside ``schema`` a definition of its own, named after where it stands."""
    if "anyOf" in schema:
        members = [_named(owner + _constant(member), member, defs) for member in schema["anyOf"]]
        return {**schema, "anyOf": members}
    if "properties" in schema:
        inner = {key: _named(owner + pascal(key), value, defs) for key, value in schema["properties"].items()}
        return {**schema, "properties": inner}
    for key in ("items", "additionalProperties"):
        if key in schema:
            return {**schema, key: _named(owner, schema[key], defs)}
    return schema


def _constant(member: Schema) -> str:
    constants = (value["enum"][0] for value in member.get("properties", {}).values() if len(value.get("enum", ())) == 1)
    return pascal(str(next(constants, "")))


def _named(name: str, schema: Schema, defs: dict[str, Schema]) -> Schema:
    if "properties" not in schema:
        return name_nested(name, schema, defs)
    if name in defs and defs[name] != schema:
        raise ValueError(f"two different types would be called {name!r}: teach `name_nested` a better name")
    defs[name] = schema
    defs[name] = name_nested(name, schema, defs)
    return {"$ref": f"#/$defs/{name}"}
