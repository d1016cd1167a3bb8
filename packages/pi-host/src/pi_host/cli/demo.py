"""``pi-host demo``: Python plugins in a real pi session, with nothing needed but this package."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pi_host._errors import HandledError
from pi_host.cli._options import AsJson
from pi_host.cli._output import console, say_json
from pi_host.cli._places import tilde
from pi_host.cli._story import FOLDER, play

if TYPE_CHECKING:
    from pi_testkit import PiInstall

__all__ = ["demo"]

_PI = "1.5.2"


def demo(
    *,
    record: Annotated[str | None, typer.Option(metavar="FILE.svg", help="Write a picture of it, too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show three Python plugins at work in a real pi session.

    Needs no key, no Node and no pi: pi is fetched once, the model is played.
    The exit code is 1 if the session did not go as scripted.

    [bold]Examples[/bold]

      pi-host demo
      uvx --from 'pi-host[demo]' pi-host demo
    """
    try:
        from pi_testkit import PiHome  # noqa: PLC0415  # an extra
    except ImportError:
        raise HandledError("the demo brings its own pi and plays the model: `pip install 'pi-host[demo]'`") from None
    from pi_host.cli._screen import Screen  # noqa: PLC0415  # rich, and only here

    install = _fetch()
    screen = Screen(quiet=as_json, record=record is not None)
    screen.title(install.version)
    with tempfile.TemporaryDirectory(prefix="pi-host-demo-") as folder:
        outcome = play(install, PiHome(folder), screen.step)
    screen.summary(outcome)
    if as_json:
        say_json({"ok": outcome.ok} | msgspec.to_builtins(outcome))
    else:
        typer.echo(f"\nThe plugins are in {tilde(FOLDER.resolve())}. `pi-host run` starts your own pi with yours.")
    if record is not None:
        try:
            screen.save(Path(record))
        except OSError as error:
            raise HandledError(f"can't write {record!r}: {error.strerror}") from error
    if not outcome.ok:
        raise typer.Exit(1)


def _fetch() -> "PiInstall":
    from pi_testkit.pis import ProvisionError, provision  # noqa: PLC0415  # an extra

    out = console(stderr=True)
    try:
        with out.status("looking for pi") as status:
            return provision(_PI, progress=status.update if out.is_terminal else out.print)
    except ProvisionError as error:
        raise HandledError(str(error)) from error
