"""``pi-session prune``: old sessions go to the trash."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pi_host.commandline import AsJson, say_json_line
from pi_session_persistence.cli._amounts import duration, size
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from pi_session_persistence.retention import Candidate, Policy, Pruned, Selection

__all__ = ["prune"]


def prune(  # noqa: PLR0913  # a command line
    *,
    older_than: Annotated[
        float | None, typer.Option(parser=duration, metavar="TIME", help="Limit: those that said nothing for so long.")
    ] = None,
    max_size: Annotated[
        int | None, typer.Option(parser=size, metavar="SIZE", help="Limit: the oldest, until the rest is so big.")
    ] = None,
    keep_newest: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="So many stay; without a limit, the others go.")
    ] = None,
    per_folder: Annotated[
        bool, typer.Option("--per-folder", help="--keep-newest counts for each working directory.")
    ] = False,
    keep_cost: Annotated[
        float | None, typer.Option(metavar="USD", min=0, help="Those that cost so much or more stay.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move old sessions to the trash. Without --yes nothing is moved, only told; nothing is ever asked.

    A session goes if a limit takes it and nothing keeps it. Beside what the options keep, these stay: those with the
    tag `pinned`, those in use, those written to within the last day, and those from which one that stays was forked.
    With a session go its side files, and its id is free again. `pi-session trash` shows it and brings it back.

    Ends with 1 if one could not be moved. With --json there is a line for each session: its `outcome` is `goes` (it
    would), `stays` (a limit takes it, but see `why`), `moved` or `failed`.

    [bold]Examples[/bold]

      pi-session prune --older-than 90d
      pi-session prune --older-than 90d --keep-newest 5 --per-folder --yes
      pi-session prune --max-size 2GB --keep-cost 5
    """
    from pi_session_persistence.retention import Policy  # noqa: PLC0415  # `--help` needs no catalogue

    if older_than is None and max_size is None and keep_newest is None:
        raise typer.BadParameter("say what is to go, with --older-than, --max-size or --keep-newest")
    if per_folder and keep_newest is None:
        raise typer.BadParameter("--per-folder says what --keep-newest counts; give that, too")
    policy = Policy(
        older_than_s=older_than,
        max_bytes=max_size,
        keep_newest=keep_newest,
        per_folder=per_folder,
        keep_cost=keep_cost,
    )
    if not _prune(policy, yes=yes, as_json=as_json):
        raise typer.Exit(1)


def _prune(policy: "Policy", *, yes: bool, as_json: bool) -> bool:
    """Do it; tell whether everything went well."""
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # as above
    from pi_session_persistence.retention import prune as prune_sessions  # noqa: PLC0415  # as above
    from pi_session_persistence.retention import survey  # noqa: PLC0415  # as above

    found = ask(lambda catalogue: survey(catalogue, policy))
    done = prune_sessions(found.goes) if yes else None
    if as_json:
        _say(found, done)
    else:
        _show(found, done)
    return done is None or not done.failed


def _say(found: "Selection", done: "Pruned | None") -> None:
    for session, why in found.stays:
        say_json_line(_data("stays", session, why=why))
    for session in found.goes if done is None else ():
        say_json_line(_data("goes", session))
    for trashed in done.trashed if done is not None else ():
        say_json_line({"outcome": "moved", **trashed.facts()})
    for session, why in done.failed if done is not None else ():
        say_json_line(_data("failed", session, why=why))


def _data(outcome: str, session: "Candidate", **more: str) -> dict[str, Any]:
    from pi_session_persistence._figures import iso  # noqa: PLC0415  # as above

    return {
        "outcome": outcome,
        **more,
        "file": str(session.file),
        "session_id": session.session_id,
        "title": session.title,
        "cwd": session.cwd,
        "modified": iso(session.modified),
        "size": session.size,
        "cost": session.cost,
    }


def _show(found: "Selection", done: "Pruned | None") -> None:
    from pi_session_persistence._figures import dollars, local, short  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._telling import columns, folder, show  # noqa: PLC0415  # as above
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    table = columns("", "last", "folder", "size", "cost", "about", right=("size", "cost"), wide="about")
    told = [(session, f"stays: {why}") for session, why in found.stays]
    told += [(session, "goes") for session in found.goes] if done is None else []
    for session, what in told:
        size_, cost = f"{short(session.size)}B", dollars(session.cost)
        table.add_row(
            one_line(what), local(session.modified), folder(session.cwd), size_, cost, one_line(session.title)
        )
    if told:
        show(table)
    for session, why in done.failed if done is not None else ():
        say_error(f"{str(session.file)!r} stays: {why}")
    if done is None:
        total = short(sum(session.size for session in found.goes))
        typer.echo(f"{len(found.goes)} would go to the trash, {total}B; --yes moves them there")
    else:
        total = short(sum(trashed.manifest.size for trashed in done.trashed))
        typer.echo(f"{len(done.trashed)} moved to the trash, {total}B; `pi-session trash` shows what is there")
