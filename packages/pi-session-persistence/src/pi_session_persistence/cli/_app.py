"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pi_host import PiHostError
from pi_host.commandline import application, version
from pi_host.commandline import run as run_app
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli import (
    bundle,
    diff,
    export,
    fork,
    fsck,
    list_,
    moving,
    path,
    prune,
    rename,
    search,
    show,
    stats,
    tag,
    trash,
    tree,
    verify,
    watch,
)
from pi_session_persistence.cli import run as run_command
from pi_session_persistence.cli._output import NAME

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "run"]

_IDS: Final = "One id, one conversation"
_LOOK: Final = "Find and look"
_TIDY: Final = "Name and tidy up"
_FILES: Final = "Check and mend"
_MOVE: Final = "Move and keep elsewhere"

#: Every word, the panel of the help it is in, and the function behind it, in the order of the help.
_COMMANDS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("run", _IDS, run_command.run),
    ("path", _IDS, path.path),
    ("forget", _IDS, path.forget),
    ("fork", _IDS, fork.fork),
    ("list", _LOOK, list_.list_),
    ("search", _LOOK, search.search),
    ("show", _LOOK, show.show),
    ("tree", _LOOK, tree.tree),
    ("diff", _LOOK, diff.diff),
    ("stats", _LOOK, stats.stats),
    ("watch", _LOOK, watch.watch),
    ("rename", _TIDY, rename.rename),
    ("prune", _TIDY, prune.prune),
    ("trash", _TIDY, trash.trash),
    ("fsck", _FILES, fsck.fsck),
    ("verify", _FILES, verify.verify),
    ("export", _MOVE, export.export),
    ("push", _MOVE, moving.push),
    ("pull", _MOVE, moving.pull),
    ("sync", _MOVE, moving.sync),
    ("bundle", _MOVE, bundle.bundle),
    ("unbundle", _MOVE, bundle.unbundle),
)

app = application(NAME)


@app.callback()
def _root(*, _version: Annotated[bool, version(NAME, "pi-session-persistence")] = False) -> None:
    """One stable id, one pi conversation, and tools for the files that hold it.

    [bold]First steps[/bold]

      pi-session run TASK-7 "fix the test"   begin a conversation, or go on with it
      pi-session list                        all sessions of pi, wherever they lie
      pi-session search "write lock"         find where something was said
      pi-session export TASK-7 --out it.html a page to read and to share
      pi-session fsck SESSION.jsonl          find out what pi would not tell
    """


for _word, _panel, _function in _COMMANDS:
    app.command(_word, rich_help_panel=_panel)(_function)
app.command("tag", rich_help_panel=_TIDY, context_settings=tag.SETTINGS)(tag.tag)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    run_app(app, NAME, PersistenceError, PiHostError)
