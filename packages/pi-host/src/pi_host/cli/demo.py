"""``pi-host demo``: Python plugins in a real pi session, with nothing needed but this package."""

import tempfile
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pi_host._errors import HandledError, PiHostError
from pi_host.cli._places import tilde
from pi_host.cli._story import FOLDER, play
from pi_host.commandline import AsJson, console, say_json

if TYPE_CHECKING:
    from pi_host.demo import Act
    from pi_testkit import PiInstall

__all__ = ["demo"]

_PI = "1.5.2"
_FIRST = "plugins"
_GROUP = "pi_host.demo_acts"


def demo(
    acts: Annotated[list[str] | None, typer.Argument(metavar="[ACT]...", help="Which acts (default: all).")] = None,
    *,
    record: Annotated[str | None, typer.Option(metavar="FILE.svg", help="Write a picture of it, too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show Python plugins at work in real pi sessions.

    The act `plugins` comes with pi-host; installed packages such as pi-lane bring acts of their own.
    Needs no key, no Node and no pi: pi is fetched once, the model is played.
    The exit code is 1 if a session did not go as scripted.

    [bold]Examples[/bold]

      pi-host demo
      pi-host demo plugins
      uvx --from 'pi-host[demo]' pi-host demo
    """
    try:
        from pi_testkit import PiHome  # noqa: PLC0415  # an extra
    except ImportError:
        raise HandledError("the demo brings its own pi and plays the model: `pip install 'pi-host[demo]'`") from None
    from pi_host.cli._screen import Screen  # noqa: PLC0415  # rich, and only here

    chosen = _choose(acts or [])
    install = _fetch()
    screen = Screen(quiet=as_json, record=record is not None)
    outcomes = {}
    for name, act in chosen.items():
        screen.title(install.version, (act.__doc__ or name).partition("\n")[0].rstrip("."))
        with tempfile.TemporaryDirectory(prefix="pi-host-demo-") as folder:
            try:
                outcomes[name] = act(install, PiHome(folder), screen.step)
            except PiHostError as error:
                raise HandledError(str(error)) from error
        screen.summary(outcomes[name])
    ok = all(outcome.ok for outcome in outcomes.values())
    if as_json:
        say_json({"ok": ok, "acts": msgspec.to_builtins(outcomes)})
    else:
        typer.echo(f"\nThe plugins are in {tilde(FOLDER.resolve())}. `pi-host run` starts your own pi with yours.")
    if record is not None:
        try:
            screen.save(Path(record))
        except OSError as error:
            raise HandledError(f"can't write {record!r}: {error.strerror}") from error
    if not ok:
        raise typer.Exit(1)


def _choose(names: list[str]) -> "dict[str, Act]":
    brought = {found.name: found for found in sorted(entry_points(group=_GROUP), key=lambda found: found.name)}
    known = [_FIRST, *brought]
    for name in names:
        if name not in known:
            raise HandledError(f"there is no act {name!r}; there are {', '.join(known)}")
    return {name: play if name == _FIRST else brought[name].load() for name in names or known}


def _fetch() -> "PiInstall":
    from pi_testkit.pis import ProvisionError, provision  # noqa: PLC0415  # an extra

    out = console(stderr=True, markup=True)
    try:
        with out.status("looking for pi") as status:
            return provision(_PI, progress=status.update if out.is_terminal else out.print)
    except ProvisionError as error:
        raise HandledError(str(error)) from error
