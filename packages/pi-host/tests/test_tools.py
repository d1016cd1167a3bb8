"""Tools for the model, made from Python functions."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import msgspec
import pytest
from core_support import MemoryLink

from pi_host import ToolContext, ToolError, ToolResult, tool
from pi_host._context import Signal
from pi_host._tools import Tool, blocks, result, tool_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._somewhere import Unknown  # type: ignore[import-not-found]  # only a type checker would look for it


class Colour(enum.Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    """A place."""

    x: int
    y: int = 0


class Route(msgspec.Struct):
    """Places in a row."""

    name: str
    points: list[Point] = []


def made(function: Callable[..., Any], **options: Any) -> Tool:
    found = tool_of(tool(**options)(function) if options else tool(function))
    assert found is not None
    return found


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    schema: dict[str, Any] = made(function).declaration()["parameters"]
    return schema


def context() -> ToolContext:
    return ToolContext(MemoryLink(), {}, plugin="p", options={}, signal=Signal())


# schemas


def test_the_schema_comes_from_the_signature() -> None:
    def weather(city: str, days: int = 1, *, metric: bool = True) -> str:
        return f"{city}{days}{metric}"

    assert parameters(weather) == {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "default": 1},
            "metric": {"type": "boolean", "default": True},
        },
        "required": ["city"],
    }


def no_parameters() -> None: ...
def just_context(ctx: ToolContext) -> None: ...


@pytest.mark.parametrize("function", [no_parameters, just_context])
def test_a_tool_without_parameters_takes_an_empty_object(function: Callable[..., Any]) -> None:
    assert parameters(function) == {"type": "object", "properties": {}, "required": []}


def annotated(x: Annotated[int, msgspec.Meta(ge=1, le=9, description="a digit")]) -> None: ...
def literal(x: Literal["a", "b"]) -> None: ...
def enumerated(x: Colour) -> None: ...
def optional(x: Optional[int] = None) -> None: ...  # noqa: UP045  # older code writes it so
def union(x: int | str | None) -> None: ...
def lists(x: list[str]) -> None: ...
def mapping(x: dict[str, float]) -> None: ...
def anything(x: Any) -> None: ...
def dated(x: date) -> None: ...
def mutable(x: list[int] = [1, 2]) -> None: ...  # noqa: B006  # a plugin's mistake
def emptied(x: list[int] = []) -> None: ...  # noqa: B006  # as above


@pytest.mark.parametrize(
    ("function", "schema"),
    [
        (annotated, {"type": "integer", "minimum": 1, "maximum": 9, "description": "a digit"}),
        (literal, {"enum": ["a", "b"]}),
        (optional, {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
        (union, {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}),
        (lists, {"type": "array", "items": {"type": "string"}}),
        (mapping, {"type": "object", "additionalProperties": {"type": "number"}}),
        (anything, {}),
        (dated, {"type": "string", "format": "date"}),
        (mutable, {"type": "array", "items": {"type": "integer"}}),
        (emptied, {"type": "array", "items": {"type": "integer"}, "default": []}),
    ],
)
def test_types_become_json_schema(function: Callable[..., Any], schema: dict[str, Any]) -> None:
    assert parameters(function)["properties"]["x"] == schema


def test_classes_become_definitions_that_every_reference_finds() -> None:
    def go(route: Route, colour: Colour, at: Point) -> None: ...

    schema = parameters(go)

    assert schema["properties"] == {
        "route": {"$ref": "#/$defs/Route"},
        "colour": {"$ref": "#/$defs/Colour"},
        "at": {"$ref": "#/$defs/Point"},
    }
    assert set(schema["$defs"]) == {"Route", "Colour", "Point"}
    assert schema["$defs"]["Colour"]["enum"] == ["blue", "red"]
    assert schema["$defs"]["Route"]["properties"]["points"]["items"] == {"$ref": "#/$defs/Point"}


# declarations


def test_descriptions_come_from_the_docstring() -> None:
    def weather(city: str, days: int = 1) -> str:
        """Weather forecast for a city.

        Good for a week at most.

        Args:
            city: Name of the city,
                as on a map.
            days: How many days.

        Returns:
            The forecast.
        """
        return f"{city}{days}"

    declaration = made(weather).declaration()

    assert declaration["description"] == "Weather forecast for a city.\n\nGood for a week at most."
    assert declaration["parameters"]["properties"]["city"]["description"] == "Name of the city, as on a map."
    assert declaration["parameters"]["properties"]["days"]["description"] == "How many days."


def test_other_docstring_styles_are_understood() -> None:
    def rest(city: str) -> None:
        """Forecast.

        :param city: the city
        """

    def numpy(city: str) -> None:
        """Forecast.

        Parameters
        ----------
        city : str
            the city
        """

    for function in (rest, numpy):
        assert parameters(function)["properties"]["city"]["description"] == "the city"
        assert made(function).declaration()["description"] == "Forecast."


def test_a_description_in_the_type_goes_before_that_in_the_docstring() -> None:
    def both(x: Annotated[int, msgspec.Meta(description="from the type")]) -> None:
        """Do.

        Args:
            x: from the docstring
        """

    assert parameters(both)["properties"]["x"]["description"] == "from the type"


def test_a_docstring_about_parameters_that_are_not_there_does_no_harm() -> None:
    def lies(x: int) -> None:
        """Do.

        Args:
            y: not there
        """

    assert set(parameters(lies)["properties"]) == {"x"}


def test_only_what_was_given_is_declared() -> None:
    assert set(made(no_parameters).declaration()) == {"name", "label", "description", "parameters"}
    assert made(no_parameters).declaration()["description"] == "no_parameters"


def test_everything_that_can_be_given_is_declared() -> None:
    declaration = made(
        literal, name="n", label="L", snippet="s", guidelines=["g1", "g2"], sequential=True
    ).declaration()
    del declaration["parameters"]

    assert declaration == {
        "name": "n",
        "label": "L",
        "description": "n",
        "promptSnippet": "s",
        "promptGuidelines": ["g1", "g2"],
        "executionMode": "sequential",
    }


def test_the_function_stays_a_function() -> None:
    @tool
    def double(x: int) -> int:
        return 2 * x

    assert double(4) == 8
    assert tool_of(len) is None
    assert tool_of(None) is None


# bad signatures


class Custom:
    """Nothing that JSON knows."""


def untyped(x) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001  # a plugin's mistake
def positional(x: int, /) -> None: ...
def any_arguments(*x: int) -> None: ...
def any_keywords(**x: int) -> None: ...
def custom(x: Custom) -> None: ...


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (untyped, "parameter 'x' has no type"),
        (positional, "can't be filled by name"),
        (any_arguments, "can't be filled by name"),
        (any_keywords, "can't be filled by name"),
        (custom, "can't be described to the model: type .*Custom.* is not supported"),
    ],
)
def test_a_signature_that_cannot_be_offered_is_refused(function: Callable[..., Any], words: str) -> None:
    with pytest.raises(TypeError, match=rf"tool {function.__name__!r}: .*{words}"):
        _ = made(function).arguments


def test_the_types_of_the_result_and_of_the_context_need_not_be_there_at_run_time() -> None:
    def lookup(key: str, ctx: Unknown) -> Unknown:
        return key, ctx

    assert parameters(lookup)["required"] == ["key"]


# calls


def test_arguments_are_converted_to_what_the_signature_declares() -> None:
    seen: list[Any] = []

    def go(route: Route, colour: Colour, day: date, times: int = 2) -> None:
        seen.extend([route, colour, day, times])

    given = {"route": {"name": "r", "points": [{"x": 1}]}, "colour": "red", "day": "2026-01-02", "times": "3"}
    made(go).call(given, context())

    assert seen == [Route("r", [Point(1, 0)]), Colour.RED, date(2026, 1, 2), 3]


@pytest.mark.parametrize("params", [{}, None])
def test_defaults_are_filled_in(params: Any) -> None:
    def go(x: int = 4, y: list[int] = [7]) -> Any:  # noqa: B006  # as above
        return x, y

    assert made(go).call(params, context()) == (4, [7])


def test_the_context_is_passed_to_those_that_take_it() -> None:
    def go(x: int, ctx: ToolContext) -> Any:
        return x, ctx

    ctx = context()

    assert made(go).call({"x": 1}, ctx) == (1, ctx)


def test_what_the_model_adds_is_ignored() -> None:
    assert made(literal).call({"x": "a", "surprise": 1}, context()) is None


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "missing required field `x`"),
        ({"x": "c"}, r"Invalid enum value 'c' - at `\$.x`"),
        ({"x": None}, r"at `\$.x`"),
        ("text", "Expected `object`"),
    ],
)
def test_arguments_that_do_not_fit_are_told_to_the_model(params: Any, words: str) -> None:
    with pytest.raises(ToolError, match=f"invalid arguments for literal: .*{words}"):
        made(literal).call(params, context())


def test_progress_is_sent_as_pis_content_blocks() -> None:
    link = MemoryLink()
    ctx = ToolContext(link, {}, plugin="p", options={}, signal=Signal())
    ctx.progress("half", details={"n": 1})

    assert link.posted == [("tool.progress", {"content": [{"type": "text", "text": "half"}], "details": {"n": 1}})]


def test_an_async_tool_is_awaited_by_its_caller() -> None:
    async def later(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    async def run() -> int:
        value: int = await made(later).call({"x": 1}, context())
        return value

    assert asyncio.run(run()) == 2


# results

TEXT = {"type": "text", "text": "hi"}
IMAGE = {"type": "image", "data": "aGk=", "mimeType": "image/png"}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("hi", {"content": [TEXT]}),
        ("", {"content": [{"type": "text", "text": ""}]}),
        (None, {"content": []}),
        (ToolResult(content="hi"), {"content": [TEXT]}),
        (ToolResult(content=[TEXT, IMAGE], details=[1]), {"content": [TEXT, IMAGE], "details": [1]}),
        (
            ToolResult(content="hi", structured_content={"a": 1}, usage={"input": 1}, terminate=True),
            {"content": [TEXT], "structuredContent": {"a": 1}, "usage": {"input": 1}, "terminate": True},
        ),
        ({"a": [1]}, {"content": [{"type": "text", "text": '{\n  "a": [\n    1\n  ]\n}'}], "details": {"a": [1]}}),
        (5, {"content": [{"type": "text", "text": "5"}], "details": 5}),
        (Point(1), {"content": [{"type": "text", "text": '{\n  "x": 1,\n  "y": 0\n}'}], "details": {"x": 1, "y": 0}}),
    ],
)
def test_what_a_tool_gives_back_becomes_what_pi_expects(given: object, sent: dict[str, Any]) -> None:
    assert result(given) == sent


def test_a_result_with_a_lone_surrogate_is_no_error() -> None:
    assert result({"a": "\ud800"})["details"] == {"a": "\ud800"}


def test_a_result_that_is_no_data_is_an_error() -> None:
    with pytest.raises(TypeError):
        result(object())


def test_blocks_stay_as_they_are() -> None:
    assert blocks([IMAGE]) == [IMAGE]


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text"}],
        [{"type": "text", "text": 5}],
        [{"type": "image", "data": "aGk="}],
        [{"type": "video", "data": "aGk="}],
        [{"type": []}],
        ["a"],
        [None],
        None,
        5,
    ],
)
def test_content_that_pi_cannot_read_is_an_error(content: Any) -> None:
    for give in (result, lambda value: context().progress(value.content)):
        with pytest.raises(TypeError, match="content"):
            give(ToolResult(content=content))


def test_a_wrong_hint_to_end_is_an_error() -> None:
    with pytest.raises(TypeError, match="terminate must be True or False, not 'no'"):
        result(ToolResult(content="hi", terminate="no"))  # type: ignore[arg-type]  # a plugin's mistake


# names


@pytest.mark.parametrize("name", ["caf\u00e9", "a b", "", "x" * 65, "<lambda>", "x\n"])
def test_a_name_that_no_model_could_call_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"@tool\(name=\.\.\.\)"):
        tool(name=name)(no_parameters)


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(ValueError, match="<lambda>"):
        tool(lambda: "")


@pytest.mark.parametrize("options", [{"name": 5}, {"guidelines": "be nice"}, {"guidelines": [5]}])
def test_options_of_another_type_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"must be a list of str|is a str"):
        tool(**options)(no_parameters)


def test_a_class_may_have_the_name_that_the_arguments_have() -> None:
    namesake = msgspec.defstruct("ToolArguments", [("y", int)])

    def go(x: int, z: Any) -> None: ...

    go.__annotations__["z"] = namesake
    schema = parameters(go)
    assert (schema["type"], schema["required"]) == ("object", ["x", "z"])
