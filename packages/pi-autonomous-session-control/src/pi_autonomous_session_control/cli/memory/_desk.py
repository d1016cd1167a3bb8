"""``pi-self memory``: the store as it is used in a folder, and how memories are shown."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from pi_autonomous_session_control.cli._saying import errors_told, say_aside
from pi_autonomous_session_control.memory import (
    MemoryStore,
    Search,
    Snapshot,
    database_path,
    locate,
    preview,
    snapshot_path,
)
from pi_host.commandline import say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_autonomous_session_control.cli._options import ScopeName
    from pi_autonomous_session_control.memory import Memory, Place, Scope, Stored

__all__ = ["Desk", "counted", "desk_here", "report", "show"]


class Desk:
    """The memory as it is used in a folder."""

    def __init__(self, cwd: Path) -> None:
        self.place: Place = locate(cwd)
        self.store = MemoryStore(database_path())
        self._snapshot = Snapshot(self.store, snapshot_path(cwd), self.place.scope("repository"))
        say_aside(self.store.notice)
        if self._shares:
            say_aside(self._snapshot.load().message)

    @property
    def _shares(self) -> bool:
        # Only pi starts to share a memory; a look at it from the command line leaves no new file in the folder.
        return self._snapshot.path.exists()

    def publish(self) -> None:
        """Tell the other system, if there is one."""
        if self._shares:
            say_aside(self._snapshot.save().message)

    def scopes(self, name: ScopeName | None) -> tuple[Scope, ...]:
        """Return the scope that is named, or all that hold here."""
        return self.place.scopes if name is None else (self.scope(name),)

    def scope(self, name: ScopeName) -> Scope:
        """Return the scope that is named, if there is one here."""
        try:
            return self.place.scope(name.value)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    def targets(self, target: str) -> list[Memory]:
        """Return what ``target`` names: one by id, or all with these words."""
        found = self.store.get(target)
        return [found] if found is not None else self.store.matching(Search(target, self.place.scopes, limit=1000))


@contextmanager
def desk_here() -> Iterator[Desk]:
    """Open the memory in the working folder; end with 1 where it can't be used."""
    with errors_told():
        desk = Desk(Path.cwd())
        try:
            yield desk
        finally:
            desk.store.close()


def report(desk: Desk, stored: Stored, *, as_json: bool) -> None:
    """Tell what became of a memory that was added or changed."""
    desk.publish()
    if stored.masked:
        say_aside(f"secrets are not kept, these were taken out: {', '.join(stored.masked)}")
    if stored.evicted:
        say_aside(f"the memory is full: {counted(len(stored.evicted))} had to go")
    if as_json:
        say_json(msgspec.to_builtins(stored))
    else:
        typer.echo(f"{stored.memory.id}{' (known already)' if stored.merged else ''}")


def show(found: list[Memory], *, as_json: bool) -> None:
    """Show memories."""
    if as_json:
        say_json({"memories": [msgspec.to_builtins(item) for item in found]})
        return
    for item in found:
        day = datetime.fromtimestamp(item.created_at / 1000, UTC).date()
        topics = ", ".join(preview(topic, 30) for topic in item.topics)
        notes = [
            item.kind,
            item.scope.kind,
            f"{day}",
            topics,
            f"used {item.access_count}x" if item.access_count else "",
        ]
        typer.echo(
            typer.style(preview(item.id, 60), bold=True) + typer.style(f"  {' · '.join(filter(None, notes))}", dim=True)
        )
        typer.echo(f"  {preview(item.content, 300)}")


def counted(number: int) -> str:
    """Return so many memories in words."""
    return f"{number:,} memory" if number == 1 else f"{number:,} memories"
