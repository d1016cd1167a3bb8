"""``pi-session watch``: what is said in all sessions, as it is said."""

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from pi_host.commandline import AsJson, console, say_json_line
from pi_session_persistence._figures import iso, local, many
from pi_session_persistence.cli._filters import Choice, Roles, choosing
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from pi_session_persistence.catalogue import Catalogue, Filters, Said, Wanted
    from pi_session_persistence.cli._telling import Ids

__all__ = ["watch"]

#: Between two looks: a look at ten thousand sessions takes a fortieth of it.
_EVERY_S = 1.0

#: So many entries are remembered, so that those of a file that is read anew are not told again.
_REMEMBERED = 10_000

#: So much of an entry is shown where no terminal limits it.
_MOST = 400


@choosing
def watch(choice: Choice, *, role: Roles = None, as_json: AsJson = False) -> None:
    """Show what is said in the sessions from now on, like `tail -f` for all of them, new sessions included.

    --text, --tool and --errors are about what is said, the other options
    about the sessions. With --json there is a line for each entry, with its
    whole text. Ctrl+C ends it, with 0.

    [bold]Examples[/bold]

      pi-session watch --cwd ~/src/app
      pi-session watch --errors
      pi-session watch --role user --json | jq -r '[.at, .session_id, .text] | @tsv'
    """
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # `--help` needs no catalogue

    filters, wanted = choice._replace(text=None).entries(role, current=False)
    begun = int(time.time() * 1000)

    def follow(catalogue: "Catalogue") -> None:
        from pi_session_persistence.cli._telling import Ids  # noqa: PLC0415  # as above

        for said in _news(catalogue, begun, choice.text or "", filters, wanted):
            if as_json:
                say_json_line(_data(said, Ids()))
            else:
                _show(_line(catalogue, said, Ids()))

    try:
        ask(follow)
    except KeyboardInterrupt:
        return


def _news(catalogue: "Catalogue", begun: int, query: str, filters: "Filters", wanted: "Wanted") -> "Iterator[Said]":
    """Yield the entries that are written from now on; ``begun`` is when the watch began, in ms since 1970."""
    from pi_session_persistence.cli._finding import refresh  # noqa: PLC0415  # as above

    last = catalogue.last
    say_error(f"watching {many(catalogue.count(filters), 'session')} and those to come; Ctrl+C ends it")
    told: deque[tuple[bytes, str | None]] = deque(maxlen=_REMEMBERED)
    while True:
        time.sleep(_EVERY_S)
        refresh(catalogue)
        after, last = min(last, catalogue.last), catalogue.last
        for said in catalogue.said(after, query, filters, wanted):
            last = max(last, said.number)
            name = (said.session.path, said.entry)
            # A file that is read anew, as after a repair, and one that was copied from another bring old entries.
            if (said.at is None or said.at >= begun) and (said.entry is None or name not in told):
                told.append(name)
                yield said


def _show(line: "Text") -> None:
    screen = console(wrap=False)
    if screen.is_terminal:
        screen.print(line, soft_wrap=False, no_wrap=True, overflow="ellipsis")
    else:
        screen.print(line)


def _data(said: "Said", ids: "Ids") -> dict[str, Any]:
    return {
        "session_id": said.session.session_id,
        "external_id": ids.of(said.session),
        "file": str(said.session.file),
        "name": said.session.name,
        "cwd": said.session.cwd,
        "entry": said.entry,
        "role": said.kind,
        "tool": said.tool,
        "failed": said.failed,
        "at": iso(said.at),
        "text": said.text,
    }


def _line(catalogue: "Catalogue", said: "Said", ids: "Ids") -> "Text":
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    from pi_session_persistence.cli._telling import plain  # noqa: PLC0415  # as above
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    made = Text().append(f"{local(said.at)}  ", "dim")
    made.append(ids.shown(catalogue, said.session), "bold")
    made.append(f"  {said.kind}{plain(f' {said.tool}') if said.tool else ''}", "red" if said.failed else "green")
    made.append(f"  {one_line(said.text, _MOST)}")
    return made
