"""``pi-session stats``: what sessions took."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pi_host.commandline import AsJson, safe, save, say_json_line
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._filters import Choice, choosing, day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_session_persistence.catalogue import Catalogue, Row, Sums

__all__ = ["stats"]


@choosing
def stats(
    choice: Choice,
    *,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a web page with charts instead.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows of a table; of the days, the last ones.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Sum up what sessions took: tokens and cost by day, model and folder, and the calls of tools.

    With --since and --until, tokens and cost are those of these days, and the
    rest is that of the sessions that were in use then. Days are days in UTC.
    What a fork took over from its parent counts once, in the parent.

    [bold]Examples[/bold]

      pi-session stats --since 7d
      pi-session stats --cwd . --html costs.html
      pi-session stats --since 2026-11-01 --json | jq .total.cost
    """
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # `--help` needs no catalogue

    filters = choice.filters()
    first = day_of(choice.since) if choice.since is not None else ""
    last = day_of(choice.until - 1) if choice.until is not None else "9999-12-31"

    def look(catalogue: "Catalogue") -> None:
        sums = catalogue.sums(filters, first, last)
        if html is not None:
            rows = sorted(catalogue.sessions(filters), key=lambda row: -row.cost)
            _draw(html, sums, rows, _title(choice))
        elif as_json:
            say_json_line(msgspec.to_builtins(sums))
        else:
            from pi_session_persistence.cli._sums import show_sums  # noqa: PLC0415  # as above

            show_sums(sums, limit)

    ask(look)


def _title(choice: Choice) -> str:
    said = [
        f"{name.replace('_', ' ')} {day_of(value) if name in ('since', 'until') else value}"
        for name, value in choice._asdict().items()
        if value is not None
    ]
    return f"Sessions: {', '.join(said)}" if said else "All sessions"


def _draw(file: Path, sums: "Sums", rows: "Sequence[Row]", title: str) -> None:
    from pi_session_persistence.export import draw_stats  # noqa: PLC0415  # as above

    try:
        save(file, (part.encode("utf-8", "replace") for part in draw_stats(sums, rows, title)))
    except OSError as error:
        raise PersistenceError(f"{str(file)!r} can't be written: {error.strerror}; choose another place") from error
    typer.echo(safe(str(file)))
