from typing import Any

import pytest
from pi_codegen.pytypes import annotation
from pi_codegen.shape import apply_notes, merge_members, name_nested, snake

TEXT: dict[str, Any] = {"type": "string"}


def thing(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


@pytest.mark.parametrize(("wire", "name"), [("toolCallId", "tool_call_id"), ("cwd", "cwd"), ("hasUI", "has_ui")])
def test_snake_follows_the_humps(wire: str, name: str) -> None:
    assert snake(wire) == name


def test_merged_members_cover_all_fields_and_require_the_common_ones() -> None:
    merged = merge_members([thing(["a", "b"], a=TEXT, b=TEXT), thing(["a"], a=TEXT, c=TEXT)])

    assert list(merged["properties"]) == ["a", "b", "c"]
    assert merged["required"] == ["a"]


def test_merged_constants_become_one_choice() -> None:
    merged = merge_members([thing(["a"], a={"enum": ["x"]}), thing(["a"], a={"enum": ["y"]})])

    assert merged["properties"]["a"] == {"enum": ["x", "y"]}


def test_a_constant_beside_any_text_is_text() -> None:
    merged = merge_members([thing(["a"], a={"enum": ["x"]}), thing(["a"], a=TEXT)])

    assert merged["properties"]["a"] == TEXT


def test_nested_object_gets_a_name_of_its_own() -> None:
    defs: dict[str, dict[str, Any]] = {}

    named = name_nested("Usage", thing(["cost"], cost=thing(["total"], total=TEXT)), defs)

    assert named["properties"]["cost"] == {"$ref": "#/$defs/UsageCost"}
    assert list(defs) == ["UsageCost"]


def test_members_of_a_union_are_named_after_their_constant() -> None:
    defs: dict[str, dict[str, Any]] = {}

    name_nested("Piece", {"anyOf": [thing(["type"], type={"enum": ["text_delta"]})]}, defs)

    assert list(defs) == ["PieceTextDelta"]


def test_note_on_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the notes name 'Usage\.inptu'"):
        apply_notes({"Usage": thing([], input={"type": "number"})}, ["Usage.inptu"], [], [])


def test_noted_fields_become_whole_numbers_optional_or_nothing() -> None:
    defs = {"Usage": thing(["input", "cost", "kind"], input={"type": "number"}, cost={"type": "number"}, kind=TEXT)}

    apply_notes(defs, ["Usage.input"], ["Usage.cost"], ["Usage.kind"])

    assert defs["Usage"] == thing(["input"], input={"type": "integer"}, kind=TEXT)


@pytest.mark.parametrize(
    ("schema", "python"),
    [
        ({"type": "number"}, "int | float"),
        ({"anyOf": [{"type": "null"}, TEXT]}, "str | None"),
        ({"type": "array", "items": {"$ref": "#/$defs/Usage"}}, "list[Usage]"),
        ({"$ref": "#/$defs/JsonValue"}, "Any"),
        (
            {"anyOf": [{"$ref": "#/$defs/BashToolInput"}, {"type": "object", "additionalProperties": {}}]},
            "dict[str, Any]",
        ),
        ({"type": "object", "additionalProperties": TEXT}, "dict[str, str]"),
        ({"enum": ["a", "b"]}, "Literal['a', 'b']"),
    ],
)
def test_annotation_of(schema: dict[str, Any], python: str) -> None:
    assert annotation(schema) == python
