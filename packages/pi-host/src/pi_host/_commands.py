"""Slash commands and command line flags, made from Python."""

from __future__ import annotations

import inspect
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._context import Context

__all__ = ["Command", "Flag", "command", "command_of", "flag"]

F = TypeVar("F", bound="Callable[..., Any]")

_MARK: Final = "__pi_command__"


class Command:
    """A function that runs when the user types ``/name``.

    Attributes:
        function: the function.
        name: the command's name without the slash.
        description: one line for pi's list of commands.
        complete: proposes arguments for what the user typed so far.
    """

    __slots__ = ("complete", "description", "function", "name")

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str | None,
        description: str | None,
        complete: Callable[..., Any] | None,
    ) -> None:
        if not isinstance(name, str | None):
            raise TypeError(f"the name of a command is a str, not {name!r}")
        self.function = function
        self.name: str = name or function.__name__.replace("_", "-")
        self.description = description or (inspect.getdoc(function) or "").partition("\n")[0]
        self.complete = complete

    def call(self, arguments: str, ctx: Context) -> Any:
        """Call the function with those of its parameters ``args`` and ``ctx`` that it has."""
        offered = {"args": arguments, "ctx": ctx}
        wanted = inspect.signature(self.function).parameters
        return self.function(**{name: value for name, value in offered.items() if name in wanted})

    def declaration(self) -> dict[str, Any]:
        """Return what pi's ``registerCommand`` wants to know, as JSON data."""
        return {"name": self.name, "description": self.description, "completes": self.complete is not None}


@overload
def command(function: F, /) -> F: ...
@overload
def command(
    *, name: str | None = None, description: str | None = None, complete: Callable[..., Any] | None = None
) -> Callable[[F], F]: ...
def command(
    function: F | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    complete: Callable[..., Any] | None = None,
) -> F | Callable[[F], F]:
    """Make a function a slash command of pi.

    It takes ``args`` (what was typed after the name, one string) and ``ctx``, or fewer; it may be sync or async. Text
    that it gives back is shown as a notice.

    Args:
        function: the function, when used without parentheses.
        name: the command's name; the function's with dashes by default.
        description: one line for pi's list; the docstring's first by default.
        complete: takes the text typed so far and gives back the possible arguments, as strings or as pi's
            ``{"value", "label", "description"}``; sync or async.
    """

    def mark(function: F) -> F:
        setattr(function, _MARK, Command(function, name=name, description=description, complete=complete))
        return function

    return mark if function is None else mark(function)


def command_of(candidate: object) -> Command | None:
    """Return the command that ``candidate`` was marked as, if it is one."""
    mark = getattr(candidate, _MARK, None)
    if not isinstance(mark, Command):
        return None
    if inspect.ismethod(candidate):  # the plugin is an object; what was marked is the function without it
        mark = copy(mark)
        mark.function = candidate
    return mark


class Flag(msgspec.Struct, frozen=True):
    """A flag of pi's command line; its value is in ``ctx.flags``.

    Attributes:
        name: the flag without the dashes.
        default: value when it is not given; its type decides whether the flag takes a value.
        description: one line for ``pi --help``.
    """

    name: str
    default: bool | str
    description: str

    def declaration(self) -> dict[str, Any]:
        """Return what pi's ``registerFlag`` wants to know, as JSON data."""
        kind = "boolean" if isinstance(self.default, bool) else "string"
        return {"name": self.name, "type": kind, "default": self.default, "description": self.description}


def flag(name: str, *, default: bool | str = False, description: str = "") -> Flag:
    """Declare ``pi --name``; keep the result in a module-level variable of the plugin."""
    return Flag(name.lstrip("-"), default, description)
