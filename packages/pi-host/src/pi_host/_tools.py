"""Tools for the model, made from Python functions."""

from __future__ import annotations

import inspect
import json
import re
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_type_hints, overload

import msgspec

from pi_host._context import Context
from pi_host._errors import PiHostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Tool", "ToolContext", "ToolError", "ToolResult", "tool", "tool_of"]

F = TypeVar("F", bound="Callable[..., Any]")

_MARK: Final = "__pi_tool__"

#: Members of each type of content block that pi can't do without; all are text.
_MEMBERS: Final = {"text": ("text",), "image": ("data", "mimeType")}

#: How much of a wrong value an error shows, in characters.
_EXCERPT: Final = 200


class ToolError(PiHostError):
    """Raised by a tool to tell the model what went wrong, in these words."""


class ToolResult(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """What a tool gives back when plain text is not enough.

    Attributes:
        content: text, or pi's content blocks: ``{"type": "text", "text": ...}`` or ``{"type": "image", "data": ...,
            "mimeType": ...}`` with the data in base64.
        details: JSON data for renderers and the session file; the model does not see it.
        structured_content: machine-readable result (since pi 1.0).
        usage: tokens and cost that the tool itself spent, in pi's form.
        terminate: hint to end the run after this batch of tool calls (since pi 0.87).
    """

    content: str | list[dict[str, Any]]
    details: Any = None
    structured_content: Any = None
    usage: dict[str, Any] | None = None
    terminate: bool = False


class ToolContext(Context):
    """The context of one tool call."""

    __slots__ = ("tool_call_id",)

    tool_call_id: str

    def progress(self, content: str | list[dict[str, Any]], *, details: object = None) -> None:
        """Show what the tool has so far, in place of what it showed before.

        Raises:
            TypeError: ``content`` is neither text nor a list of pi's content blocks.
        """
        self.post("tool.progress", content=blocks(content), details=details)


class Tool:
    """A function with what pi must know to offer it to the model.

    Attributes:
        function: the function.
        name: the tool's name, as the model calls it.
        label: its name for people.
        snippet: one line for the system prompt's list of tools; without it the tool is not in that list.
        guidelines: lines for the system prompt's guidelines.
        sequential: whether pi must not run it beside other tools of the same message.
    """

    __slots__ = ("_arguments", "function", "guidelines", "label", "name", "sequential", "snippet")

    def __init__(  # noqa: PLR0913  # made by the decorator only
        self,
        function: Callable[..., Any],
        *,
        name: str | None,
        label: str | None,
        snippet: str | None,
        guidelines: Sequence[str],
        sequential: bool,
    ) -> None:
        self.function = function
        self.name: str = _checked_name(name if name is not None else function.__name__)
        self.label = label or self.name
        self.snippet = snippet
        self.guidelines = _checked_lines(guidelines, self.name)
        self.sequential = sequential
        self._arguments: type[msgspec.Struct] | None = None

    @property
    def takes_context(self) -> bool:
        """Whether the function has a parameter ``ctx``."""
        return "ctx" in inspect.signature(self.function).parameters

    @property
    def arguments(self) -> type[msgspec.Struct]:
        """A struct with one field per parameter of the function, ``ctx`` excepted.

        Raises:
            TypeError: a parameter has no type, or can't be filled from JSON.
        """
        if self._arguments is None:
            arguments = _arguments_of(self.function, self.name)
            _check_describable(arguments, self.name)
            self._arguments = arguments
        return self._arguments

    def call(self, params: Any, ctx: Context) -> Any:
        """Call the function with the model's arguments, converted to the types it declares.

        Raises:
            ToolError: the arguments do not fit; the message is for the model.
        """
        try:
            arguments = msgspec.convert(params or {}, self.arguments, strict=False)
        except msgspec.ValidationError as error:
            raise ToolError(f"invalid arguments for {self.name}: {error}") from error
        given = {name: getattr(arguments, name) for name in self.arguments.__struct_fields__}
        return self.function(**given, ctx=ctx) if self.takes_context else self.function(**given)

    def declaration(self) -> dict[str, Any]:
        """Return what pi's ``registerTool`` wants to know, as JSON data."""
        from pi_host._docstrings import describe  # noqa: PLC0415  # only compiling the manifest needs it

        summary, parameters = describe(self.function)
        schema = _schema(self.arguments)
        for name, text in parameters.items():
            schema.get("properties", {}).get(name, {}).setdefault("description", text)
        declaration: dict[str, Any] = {
            "name": self.name,
            "label": self.label,
            "description": summary or self.name,
            "parameters": schema,
        }
        if self.snippet:
            declaration["promptSnippet"] = self.snippet
        if self.guidelines:
            declaration["promptGuidelines"] = list(self.guidelines)
        if self.sequential:
            declaration["executionMode"] = "sequential"
        return declaration


@overload
def tool(function: F, /) -> F: ...
@overload
def tool(
    *,
    name: str | None = None,
    label: str | None = None,
    snippet: str | None = None,
    guidelines: Sequence[str] = (),
    sequential: bool = False,
) -> Callable[[F], F]: ...
def tool(  # noqa: PLR0913  # each is a different thing, and all but the function are named
    function: F | None = None,
    /,
    *,
    name: str | None = None,
    label: str | None = None,
    snippet: str | None = None,
    guidelines: Sequence[str] = (),
    sequential: bool = False,
) -> F | Callable[[F], F]:
    """Offer a function to the model.

    The JSON Schema of its parameters comes from the signature, their descriptions from an ``Args:`` section, the tool's
    description from the rest of the docstring. A parameter ``ctx`` receives the ``ToolContext``. The function may be
    sync or async; it gives back text, a ``ToolResult``, or other JSON data. What it raises becomes the error that the
    model reads. When the user aborts, an async function is cancelled.

    Args:
        function: the function, when used without parentheses.
        name: the tool's name, up to 64 of the characters ``A-Za-z0-9_-``; the function's by default.
        label: its name for people.
        snippet: one line for the system prompt's list of tools.
        guidelines: lines for the system prompt's guidelines.
        sequential: run it alone, not beside other tools of the same message.

    Raises:
        TypeError: the name is not a str, or the guidelines are not a list of them.
        ValueError: no model could call a tool of that name.
    """

    def mark(function: F) -> F:
        offered = Tool(function, name=name, label=label, snippet=snippet, guidelines=guidelines, sequential=sequential)
        setattr(function, _MARK, offered)
        return function

    return mark if function is None else mark(function)


def tool_of(candidate: object) -> Tool | None:
    """Return the tool that ``candidate`` was marked as, if it is one."""
    mark = getattr(candidate, _MARK, None)
    if not isinstance(mark, Tool):
        return None
    if inspect.ismethod(candidate):  # the plugin is an object; what was marked is the function without it
        mark = copy(mark)
        mark.function = candidate
    return mark


def blocks(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return text as pi's content blocks; blocks stay as they are.

    Raises:
        TypeError: it is neither. pi keeps what it is given, and a block that it can't read fails every later request.
    """
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    plain = msgspec.to_builtins(content)
    if not isinstance(plain, list | tuple):
        raise TypeError(f"content must be a str or a list of blocks, not {_excerpt(content)}")
    for block in plain:
        members = _MEMBERS.get(str(block.get("type"))) if isinstance(block, dict) else None
        if members is None or not all(isinstance(block.get(member), str) for member in members):
            raise TypeError(
                'a content block must be {"type": "text", "text": str} or '
                f'{{"type": "image", "data": str, "mimeType": str}}, not {_excerpt(block)}'
            )
    return list(plain)


def result(value: object) -> dict[str, Any]:
    """Return what a tool gave back in the form that pi's ``execute`` returns.

    Raises:
        TypeError: it is not data, or a ``ToolResult`` that pi can't read.
    """
    if isinstance(value, ToolResult):
        if not isinstance(value.terminate, bool):
            raise TypeError(f"terminate must be True or False, not {_excerpt(value.terminate)}")
        spelled: dict[str, Any] = msgspec.to_builtins(value)
        return {**spelled, "content": blocks(value.content)}
    if isinstance(value, str):
        return {"content": blocks(value)}
    if value is None:
        return {"content": []}
    data = msgspec.to_builtins(value)
    return {"content": blocks(json.dumps(data, indent=2, ensure_ascii=False)), "details": data}


def _excerpt(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of a tool is a str, not {name!r}")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise ValueError(
            f"no model could call a tool {name!r}; name it with @tool(name=...), up to 64 of the characters A-Za-z0-9_-"
        )
    return name


def _checked_lines(lines: Sequence[str], name: str) -> tuple[str, ...]:
    checked = tuple(lines)
    if isinstance(lines, str) or not all(isinstance(line, str) for line in checked):
        raise TypeError(f"tool {name!r}: guidelines must be a list of str, not {lines!r}")
    return checked


def _arguments_of(function: Callable[..., Any], name: str) -> type[msgspec.Struct]:
    hints = _hints(function)
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "ctx":
            continue
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY}:
            raise TypeError(f"tool {name!r}: parameter {parameter} can't be filled by name")
        if parameter.name not in hints:
            raise TypeError(f"tool {name!r}: parameter {parameter.name!r} has no type")
        hint = hints[parameter.name]
        if parameter.default is parameter.empty:
            fields.append((parameter.name, hint))
        else:
            fields.append((parameter.name, hint, _default(parameter.default)))
    return msgspec.defstruct("ToolArguments", fields, kw_only=True)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    source = inspect.unwrap(function)

    def parameters() -> None: ...

    # The types of the rest need not exist at run time: many import them for their type checker only.
    parameters.__annotations__ = {
        name: hint for name, hint in source.__annotations__.items() if name not in {"ctx", "return"}
    }
    return get_type_hints(parameters, globalns=getattr(source, "__globals__", {}), include_extras=True)


def _check_describable(arguments: type[msgspec.Struct], name: str) -> None:
    try:
        _schema(arguments)
    except TypeError as error:
        reason = str(error).splitlines()[-1]
        raise TypeError(f"tool {name!r}: a parameter can't be described to the model: {reason}") from error


def _default(value: Any) -> Any:
    # msgspec wants a factory for a mutable default that is not empty.
    return msgspec.field(default_factory=lambda: value) if isinstance(value, list | dict | set) and value else value


def _schema(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    schema = msgspec.json.schema(arguments)
    definitions = schema.pop("$defs", {})
    own = definitions.pop(schema["$ref"].rpartition("/")[2])  # longer than its name where another has that too
    own.pop("title", None)
    return {**own, "$defs": definitions} if definitions else own
