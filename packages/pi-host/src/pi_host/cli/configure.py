"""``pi-host enable``, ``disable`` and ``config``: edits of ``pi-host.toml`` that keep its comments and order."""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import tomlkit
import typer
from tomlkit import TOMLDocument

from pi_host import _config
from pi_host._config import Config
from pi_host._discovery import Selection, find
from pi_host._errors import ConfigError, HandledError
from pi_host.cli._places import autoloads, tilde
from pi_host.commandline import AsJson, application, say_json
from pi_host.files import replace
from pi_host.launch import agent_dir

__all__ = ["config", "disable", "enable"]

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As `pi-host plugins` shows it.")]

config = application("config", help="Read and write options in pi-host.toml.")


def enable(name: _Name) -> None:
    """Load a plugin again that was disabled.

    [bold]Example[/bold]

      pi-host enable gate
    """
    document = _read()
    disabled = document.get("disabled", [])
    if name not in disabled:
        _require(name, _plugin_names())
        typer.echo(f"{name} is not disabled")
        return
    while name in disabled:
        disabled.remove(name)
    _write(document)
    typer.echo(f"{name} is enabled; pi has it from its next start or /reload on")


def disable(name: _Name) -> None:
    """Don't load a plugin: it isn't even imported.

    [bold]Example[/bold]

      pi-host disable gate
    """
    document = _read()
    disabled = document.setdefault("disabled", tomlkit.array())
    if name in disabled:
        typer.echo(f"{name} is disabled already")
        return
    _require(name, _plugin_names())
    disabled.append(name)
    _write(document)
    typer.echo(f"{name} is disabled; pi is without it from its next start or /reload on")


@config.command()
def get(
    key: Annotated[str | None, typer.Argument(help="Such as deadline or plugins.gate.strict; default: all.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show an option, or all of them.

    [bold]Examples[/bold]

      pi-host config get
      pi-host config get plugins.gate.deadline
    """
    value: Any = _read().unwrap()
    for part in _path(key) if key else ():
        if not isinstance(value, dict) or part not in value:
            raise HandledError(f"{key!r} is not set in {tilde(_file())}; `pi-host config get` shows what is")
        value = value[part]
    if as_json:
        say_json(msgspec.to_builtins(value))  # dates have no place in JSON
    elif isinstance(value, dict):
        typer.echo(tomlkit.dumps(value).rstrip() or f"nothing is set in {tilde(_file())}")
    else:
        typer.echo(value if isinstance(value, str) else tomlkit.item(value).as_string())


@config.command(name="set", context_settings={"ignore_unknown_options": True})  # -1 is a value
def set_(
    key: Annotated[str, typer.Argument(help="deadline, order, disabled or plugins.NAME.OPTION.")],
    value: Annotated[str, typer.Argument(help="A TOML value; what is none is taken as text.")],
) -> None:
    """Set an option.

    [bold]Examples[/bold]

      pi-host config set deadline 10
      pi-host config set order '["gate", "audit"]'
      pi-host config set plugins.gate.message "not today"
    """
    document, path = _read(), _path(key)
    if path[0] == "plugins" and len(path) > 1 and path[1] not in document.get("plugins", {}):
        _require(path[1], _plugin_names())
    table: Any = document
    for part in path[:-1]:
        table = table.setdefault(part, tomlkit.table())
        if not isinstance(table, dict):
            raise HandledError(f"{key!r} can't be set: {part!r} holds {table!r} already")
    there, found = table.get(path[-1]), _value(value)
    if isinstance(there, dict) and there and not isinstance(found, dict):
        raise HandledError(f"{key!r} can't be set: it is a table with {', '.join(there)}; set one of these")
    table[path[-1]] = found
    _write(document)
    typer.echo(f"{key} = {tomlkit.item(table[path[-1]]).as_string()}")


def _file() -> Path:
    return agent_dir() / _config.FILE_NAME


def _read() -> TOMLDocument:
    # The same check as pi's plugins get: what it can't make sense of is not edited.
    _config.read(_file())
    try:
        return tomlkit.parse(_file().read_bytes())  # with the ends of lines that it has
    except FileNotFoundError:
        return tomlkit.document()


def _write(document: TOMLDocument) -> None:
    text = tomlkit.dumps(document)
    try:
        _config.parse(text, _file())
    except ConfigError as error:
        raise HandledError(f"nothing was changed, for it would not be valid: {error}") from error
    try:
        replace(_file().resolve(), [text.encode()])
    except OSError as error:
        raise HandledError(f"can't write {str(error.filename)!r}: {error.strerror}") from error


def _path(key: str) -> list[str]:
    """The parts of a dotted key, by TOML's own rules for quotes."""
    try:
        found: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError as error:
        raise HandledError(f"{key!r} is no key; write it as deadline or plugins.NAME.OPTION") from error
    parts = []
    while isinstance(found, dict) and len(found) == 1:
        [(part, found)] = found.items()
        parts.append(part)
    if found != 0:
        raise HandledError(f"{key!r} is no key; write it as deadline or plugins.NAME.OPTION")
    return parts


def _value(text: str) -> Any:
    try:
        # In a list, what follows a value is a mistake: a comment, which would be dropped, or another key.
        found = tomllib.loads(f"value = [{text}]")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return found[0] if len(found) == 1 else text


def _plugin_names() -> list[str]:
    selection = Selection(agent_dir(), project=Path.cwd(), autoload=autoloads())
    return [plugin.name for plugin in find(selection, Config())]


def _require(name: str, names: Iterable[str]) -> None:
    known: Sequence[str] = sorted(set(names))
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known) or 'none'}"
    raise HandledError(f"there is no plugin {name!r}; {hint}")
