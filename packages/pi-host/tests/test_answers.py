"""What a plugin may give back."""

from collections import UserDict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from pi_host import Block, Cancel, Handled, Transform
from pi_host._answers import check
from pi_host._base import Answer
from pi_host.events import (
    BeforeAgentStartAnswer,
    InputAnswer,
    SessionBeforeSwitchAnswer,
    ToolCallAnswer,
    ToolResultAnswer,
    TurnEndAnswer,
    UserBashAnswer,
)


@pytest.mark.parametrize(
    ("given", "kind", "spelled"),
    [
        (Block(), ToolCallAnswer, {"block": True, "reason": "blocked by a plugin"}),
        (Block("no", terminate=True), ToolCallAnswer, {"block": True, "reason": "no", "terminate": True}),
        (Cancel(), SessionBeforeSwitchAnswer, {"cancel": True}),
        (Transform("x"), InputAnswer, {"action": "transform", "text": "x"}),
        (Transform("x", images=[]), InputAnswer, {"action": "transform", "text": "x", "images": []}),
        (Handled(), InputAnswer, {"action": "handled"}),
    ],
)
def test_shorthands_are_spelled_out(given: object, kind: type[Answer], spelled: dict[str, Any]) -> None:
    assert check(given, kind) == spelled


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        (ToolCallAnswer(), {}),
        (ToolCallAnswer(block=False), {"block": False}),
        (
            ToolResultAnswer(is_error=True, structured_content={"a": 1}),
            {"isError": True, "structuredContent": {"a": 1}},
        ),
        (TurnEndAnswer(continue_=True), {"continue": True}),
        (BeforeAgentStartAnswer(system_prompt="x"), {"systemPrompt": "x"}),
    ],
)
def test_answer_objects_come_out_under_pis_own_keys(given: Answer, spelled: dict[str, Any]) -> None:
    assert check(given, type(given)) == spelled


@pytest.mark.parametrize("wrap", [dict, MappingProxyType, UserDict])
def test_any_mapping_with_pis_own_keys_will_do(wrap: Any) -> None:
    assert check(wrap({"block": True, "reason": "no"}), ToolCallAnswer) == {"block": True, "reason": "no"}


def test_null_never_stands_for_an_absent_field() -> None:
    assert check({"block": None, "reason": "x"}, ToolCallAnswer) == {"reason": "x"}


def test_falsy_values_are_kept() -> None:
    given = {"content": [], "isError": False, "details": 0, "structuredContent": ""}

    assert check(given, ToolResultAnswer) == given


@pytest.mark.parametrize("given", [True, "no", 0, ["block"], object(), print], ids=lambda given: type(given).__name__)
def test_anything_else_is_refused_and_named(given: object) -> None:
    with pytest.raises(TypeError, match=f"gave back {type(given).__name__}, expected ToolCallAnswer or None"):
        check(given, ToolCallAnswer)


def test_the_answer_of_another_event_is_refused() -> None:
    with pytest.raises(TypeError, match="gave back InputAnswer, expected ToolCallAnswer or None"):
        check(InputAnswer(action="continue"), ToolCallAnswer)


def test_the_shorthand_of_another_event_is_refused() -> None:
    with pytest.raises(TypeError, match="'cancel' is not a field of ToolCallAnswer"):
        check(Cancel(), ToolCallAnswer)


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        TypeError, match=r"'blocked' is not a field of ToolCallAnswer \(it has: block, reason, terminate\)"
    ):
        check({"blocked": True}, ToolCallAnswer)


@pytest.mark.parametrize(
    ("given", "kind", "place"),
    [
        ({"block": "yes"}, ToolCallAnswer, "block"),
        ({"action": "refuse"}, InputAnswer, "action"),
        ({}, InputAnswer, "action"),
        ({"result": "text"}, UserBashAnswer, "result"),
        ({"content": "text"}, ToolResultAnswer, "content"),
        (ToolCallAnswer(reason=5), ToolCallAnswer, "reason"),  # type: ignore[arg-type]  # a plugin's mistake
    ],
)
def test_a_field_of_the_wrong_type_is_refused_and_named(given: object, kind: type[Answer], place: str) -> None:
    with pytest.raises(TypeError, match=rf"not a {kind.__name__}: .*{place}"):
        check(given, kind)


@pytest.mark.parametrize("value", [object(), {(1, 2): 3}, print], ids=["object", "tuple key", "function"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not JSON data"):
        check({"details": value}, ToolResultAnswer)


def test_paths_and_the_like_are_not_guessed_at() -> None:
    with pytest.raises(TypeError, match="not JSON data"):
        check({"details": Path("/x")}, ToolResultAnswer)
