"""``pi-session path`` and ``forget``: what is behind an external id."""

from __future__ import annotations

from typing import Annotated

import typer

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._options import WhichCompat, registry

__all__ = ["forget", "path"]

_Id = Annotated[str, typer.Argument(metavar="ID", help="The external id.")]


def path(external_id: _Id, *, compat: WhichCompat = None) -> None:
    """Show the session file behind an id; it need not be there yet.

    [bold]Examples[/bold]

      pi-session path TASK-7
      pi-session fsck "$(pi-session path TASK-7)"
      pi --session "$(pi-session path TASK-7)"
    """
    ids = registry(compat)
    record = ids.get(external_id)
    typer.echo(record.pi_file if record is not None else ids.path_of(external_id))


def forget(external_id: _Id, *, compat: WhichCompat = None) -> None:
    """Forget what is known about an id: the next run takes its session file as it is then, or begins a new one.

    The file itself stays where it is.

    [bold]Examples[/bold]

      pi-session forget TASK-7
    """
    if not registry(compat).forget(external_id):
        raise PersistenceError(f"{external_id!r} is not known, so there is nothing to forget")
