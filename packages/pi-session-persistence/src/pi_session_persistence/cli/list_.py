"""``pi-session list``: the sessions there are."""

from typing import TYPE_CHECKING, Annotated

import typer

from pi_host.commandline import AsJson, say_json_line
from pi_session_persistence._figures import dollars, local, short
from pi_session_persistence.cli._filters import Choice, choosing
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from pi_session_persistence.catalogue import Catalogue, Filters

__all__ = ["list_"]

_ROWS = 50

#: A line with less room has no counts of prompts and tokens.
_ROOMY = 100


@choosing
def list_(
    choice: Choice,
    *,
    limit: Annotated[
        int | None, typer.Option(min=0, help=f"How many; default: {_ROWS}, or all with --json.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the sessions there are, wherever they lie; those that said something last come first.

    In the first column is the id that you gave to `pi-session run`, or as
    much of pi's own id as it takes; every command understands both. With
    --json there is a line for each session.

    [bold]Examples[/bold]

      pi-session list --cwd . --since 7d
      pi-session list --model opus --min-cost 1 --errors
      pi-session list --tag pinned --json | jq -r .file
    """
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # `--help` needs no catalogue

    filters = choice.filters()
    if as_json:
        ask(lambda catalogue: _say(catalogue, filters, limit))
    else:
        ask(lambda catalogue: _show(catalogue, filters, _ROWS if limit is None else limit))


def _say(catalogue: "Catalogue", filters: "Filters", limit: int | None) -> None:
    from pi_session_persistence.catalogue import Tags  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._telling import Ids, row_data  # noqa: PLC0415  # as above

    ids, tags = Ids(), Tags().all()
    for row in catalogue.sessions(filters, limit):
        say_json_line(row_data(row, ids.of(row), tags.get(row.session_id or "", ())))


def _show(catalogue: "Catalogue", filters: "Filters", limit: int) -> None:
    from pi_session_persistence.catalogue import Tags  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._telling import Ids, about, columns, folder, show, width  # noqa: PLC0415  # as above

    ids, tags = Ids(), Tags().all()
    rows = catalogue.sessions(filters, limit)
    counts = ("prompts", "tokens") if width() >= _ROOMY else ()
    table = columns(
        "session", "last", "folder", *counts, "cost", "about", right=("prompts", "tokens", "cost"), wide="about"
    )
    for row in rows:
        table.add_row(
            *(ids.shown(catalogue, row), local(row.modified), folder(row.cwd)),
            *((f"{row.prompts:,}", short(row.tokens)) if counts else ()),
            *(dollars(row.cost), about(row, tags.get(row.session_id or "", ()))),
        )
    if rows:
        show(table)
    more = catalogue.count(filters) - len(rows)
    if more:
        say_error(f"{more:,} more; --limit says how many to show")
    elif not rows:
        say_error("no such sessions")
