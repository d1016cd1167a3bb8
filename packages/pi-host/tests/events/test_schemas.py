import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pi_host
from pi_host import events
from pi_host._catalog import CATALOG

FOLDER = Path(pi_host.__file__).parent / "schemas"


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return read


def inside(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(part)


def test_every_event_has_a_schema_and_nothing_else_has() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CATALOG)


@pytest.mark.parametrize("name", CATALOG)
def test_every_reference_is_defined_and_every_definition_is_used(name: str) -> None:
    references = {part["$ref"].removeprefix("#/$defs/") for part in inside(schema(name)) if "$ref" in part}

    assert references == set(schema(name)["$defs"])


@pytest.mark.parametrize("name", CATALOG)
def test_required_fields_exist(name: str) -> None:
    for part in inside(schema(name)):
        if isinstance(part.get("properties"), dict) and part.get("type") == "object":
            assert set(part["required"]) <= set(part["properties"])


@pytest.mark.parametrize("name", CATALOG)
def test_schema_and_class_have_the_same_fields(name: str) -> None:
    info = CATALOG[name]

    assert tuple(schema(name)["event"]["properties"]) == getattr(events, info.event).__struct_encode_fields__
    if info.answer:
        assert tuple(schema(name)["answer"]["properties"]) == getattr(events, info.answer).__struct_encode_fields__


@pytest.mark.parametrize("name", CATALOG)
def test_in_place_and_handle_fields_exist(name: str) -> None:
    info = CATALOG[name]

    assert {*info.inplace, *info.handles} <= set(schema(name)["event"]["properties"])


def test_event_without_answer_says_so() -> None:
    assert schema("agent_start")["answer"] is None


def test_request_body_may_be_any_json() -> None:
    assert schema("before_provider_request")["answer"] == {}
