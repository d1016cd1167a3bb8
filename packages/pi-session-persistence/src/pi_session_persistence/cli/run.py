"""``pi-session run``: a prompt in the session of an external id."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pi_host.commandline import safe, say_json_line
from pi_session_persistence._errors import UndeliveredError
from pi_session_persistence.cli._options import WhichCompat, registry
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from pi_session_persistence.launcher import Courier, Result
    from pi_session_persistence.registry import Registry

__all__ = ["run"]


def run(  # noqa: PLR0913  # a command line
    external_id: Annotated[str, typer.Argument(metavar="ID", help="Any text; the same one, the same conversation.")],
    prompt: Annotated[str, typer.Argument(help="What to say; `-` reads it from standard input.")],
    args: Annotated[list[str] | None, typer.Argument(metavar="[-- ARGS]", help="What pi gets besides.")] = None,
    *,
    mode: Annotated[Literal["text", "json", "rpc"], typer.Option(help="How pi runs; `rpc` can be steered.")] = "text",
    cwd: Annotated[Path | None, typer.Option(help="Where the tools run; default: where the session did.")] = None,
    cwd_policy: Annotated[
        Literal["error", "header", "rewrite", "fork"], typer.Option(help="When the session belongs to another folder.")
    ] = "error",
    busy: Annotated[
        Literal["wait", "fail", "fork", "steer"], typer.Option(help="When somebody else has the session.")
    ] = "wait",
    wait: Annotated[float | None, typer.Option(metavar="SECONDS", help="How long to wait for the session.")] = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="How long pi may take.")] = None,
    plugins: Annotated[bool, typer.Option("--plugins", help="Run pi with the installed Python plugins.")] = False,
    plugin: Annotated[list[str] | None, typer.Option(metavar="NAME|PATH", help="And with this one.")] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE", envvar="PI_SESSION_STORE", help="Bring the session from this store, and take it back."
        ),
    ] = None,
    pi: Annotated[str | None, typer.Option(metavar="PATH", help="Which pi; default: PI_HOST_PI, `pi`.")] = None,
    compat: WhichCompat = None,
) -> None:
    """Give pi a prompt in the session of an id, and say what the model said.

    The session file is locked, checked and, if need be, repaired before pi runs; afterwards it is checked that the
    conversation really went on. With --mode json or rpc, what pi does is written as JSON lines.

    [bold]Examples[/bold]

      pi-session run TASK-7 "fix the failing test"
      pi-session run TASK-7 - < prompt.md
      pi-session run nightly "what changed?" --cwd ~/src/app --timeout 600 -- --model sonnet
      pi-session run TASK-7 "stop, use the other file" --busy steer
      pi-session run TASK-7 "go on" --store /mnt/nas/pi-sessions
    """
    from pi_session_persistence.launcher import run as run_pi  # noqa: PLC0415  # `--help` needs no asyncio

    ids, undelivered = registry(compat), None
    try:
        result = run_pi(
            external_id,
            sys.stdin.read() if prompt == "-" else prompt,
            mode=mode,
            registry=ids,
            cwd=cwd,
            cwd_policy=cwd_policy,
            busy=busy,
            wait_s=wait,
            timeout_s=timeout,
            pi=pi,
            args=args or (),
            plugins=plugin or plugins,
            on_event=None if mode == "text" else say_json_line,
            on_wait=lambda busy: say_error(f"waiting: {busy}"),
            courier=_courier(store, ids) if store is not None else None,
        )
    except UndeliveredError as error:
        undelivered, result = error, error.result
    _show(result, external_id, text=mode == "text")
    if undelivered is not None:
        raise undelivered


def _courier(store: str, ids: "Registry") -> "Courier":
    from pi_session_persistence.stores import StoreCourier, open_store  # noqa: PLC0415  # most runs have no store

    return StoreCourier(
        open_store(store),
        ids,
        on_fork=lambda fork: say_error(f"what another machine wrote at the same time is {fork.id!r} now"),
    )


def _show(result: "Result", external_id: str, *, text: bool) -> None:
    sys.stderr.write(result.stderr)
    if result.external_id != external_id:
        say_error(f"the session was in use; this went on as {result.external_id!r}")
    for action in result.repair.actions if result.repair is not None else ():
        say_error(f"repaired before the run: {action.message} ({action.code}, line {action.line})")
    if text and result.text:
        sys.stdout.write(f"{safe(result.text) if sys.stdout.isatty() else result.text}\n")
