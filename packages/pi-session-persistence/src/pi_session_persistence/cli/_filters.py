"""The options by which commands choose sessions and entries: the same ones for every command that chooses some."""

import inspect
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, TypeAlias

import typer

if TYPE_CHECKING:
    from pi_session_persistence.catalogue import Filters, Wanted

__all__ = ["Choice", "Role", "Roles", "choosing", "day_of"]

_PANEL: Final = "Which ones"

_UNITS_S: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_HINT: Final = "a day (2026-11-01), a time (2026-11-01T14:30), or how long ago (30m, 12h, 7d, 2w)"


class Role(StrEnum):
    """Who or what says something in a session."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    BASH = "bash"
    CUSTOM = "custom"
    SUMMARY = "summary"
    NAME = "name"
    LABEL = "label"


Roles: TypeAlias = Annotated[
    list[Role] | None, typer.Option("--role", help="Who or what said it; again for others.", rich_help_panel=_PANEL)
]


def _since(text: str) -> int:
    return _moment(text, timedelta(0))


def _until(text: str) -> int:
    return _moment(text, timedelta(days=1))


def _moment(text: str, later: timedelta) -> int:
    """Return a time in ms since 1970; of a whole day its beginning, or so much later."""
    ago = re.fullmatch(r"(\d{1,6})([mhdw])", text)
    if ago is not None:
        return int((time.time() - int(ago[1]) * _UNITS_S[ago[2]]) * 1000)
    try:
        moment = datetime.fromisoformat(text)
        if re.fullmatch(r"[\d-]+", text):
            moment += later
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is none; give {_HINT}") from error


def day_of(at: int) -> str:
    """Return the day of a time in ms since 1970, where the user is (ISO 8601)."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone().date().isoformat()


def _option(help_text: str, *names: str, **settings: Any) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=_PANEL, **settings)


class Choice(NamedTuple):
    """What the options say; each is ``None`` or empty where it isn't given. Times are in ms since 1970."""

    cwd: Annotated[Path | None, _option("Working directory, or one above it.", metavar="DIR")] = None
    model: Annotated[str | None, _option("Part of a model's id.", metavar="TEXT")] = None
    provider: Annotated[str | None, _option("Id of a provider.", metavar="NAME")] = None
    tool: Annotated[str | None, _option("A tool that was called.", metavar="NAME")] = None
    since: Annotated[int | None, _option(f"From then on: {_HINT}.", metavar="WHEN", parser=_since)] = None
    until: Annotated[int | None, _option("Up to then; of a day, to its end.", metavar="WHEN", parser=_until)] = None
    min_cost: Annotated[float | None, _option("Cost so much or more.", metavar="USD")] = None
    max_cost: Annotated[float | None, _option("Cost so much or less.", metavar="USD")] = None
    branches: Annotated[bool | None, _option("Several branches, or one.", "--branches/--no-branches")] = None
    errors: Annotated[bool | None, _option("An answer or a tool failed, or none.", "--errors/--no-errors")] = None
    damage: Annotated[bool | None, _option("The file is damaged, or is not.", "--damage/--no-damage")] = None
    tag: Annotated[list[str] | None, _option("A tag; again for those with all of them.", metavar="TAG")] = None
    text: Annotated[str | None, _option("Words in what was said, as `search` takes them.", metavar="QUERY")] = None

    def filters(self) -> "Filters":
        """Return which sessions are wanted.

        Raises:
            CatalogueError: the tags can't be read.
        """
        return self._filters(tool=self.tool, since=self.since, until=self.until, failed=self.errors, text=self.text)

    def entries(self, roles: Sequence[Role] | None, *, current: bool) -> tuple["Filters", "Wanted"]:
        """Return which sessions and which entries in them are wanted: tool, times and errors are those of the entries.

        Raises:
            CatalogueError: the tags can't be read.
        """
        from pi_session_persistence.catalogue import Wanted  # noqa: PLC0415  # `--help` needs no catalogue

        wanted = Wanted(
            kinds=frozenset(roles or ()),
            tool=self.tool,
            since=self.since,
            until=self.until,
            failed=self.errors,
            active=True if current else None,
        )
        return self._filters(text=self.text), wanted

    def _filters(self, **more: Any) -> "Filters":
        from pi_session_persistence.catalogue import Filters, Tags  # noqa: PLC0415  # as above

        return Filters(
            cwd=self.cwd.expanduser().resolve() if self.cwd is not None else None,
            model=self.model,
            provider=self.provider,
            min_cost=self.min_cost,
            max_cost=self.max_cost,
            branched=self.branches,
            damaged=self.damage,
            session_ids=Tags().sessions(self.tag) if self.tag else None,
            **more,
        )


def choosing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Choice`; it gets what was chosen as its first argument."""

    @wraps(command)
    def chosen(**given: Any) -> None:
        choice = Choice(**{name: given.pop(name) for name in Choice._fields})
        command(choice, **given)

    _, *own = inspect.signature(command).parameters.values()
    kind, types = inspect.Parameter.KEYWORD_ONLY, Choice.__annotations__
    added = [
        inspect.Parameter(name, kind, default=default, annotation=types[name])
        for name, default in Choice._field_defaults.items()
    ]
    # typer reads both.
    chosen.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]  # functions may have it
    chosen.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *added)}
    return chosen
