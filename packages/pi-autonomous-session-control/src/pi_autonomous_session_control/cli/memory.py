"""``pi-self memory``: look at what was learned, and put it right."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pi_autonomous_session_control.memory import (
    Change,
    Draft,
    Memory,
    MemoryStore,
    MemoryStoreError,
    Origin,
    Place,
    Scope,
    Search,
    Snapshot,
    Stored,
    database_path,
    dump,
    load,
    locate,
    preview,
    printable,
    snapshot_path,
)

__all__ = ["memory"]

memory = typer.Typer(no_args_is_help=True, help="What was learned: look at it, search it, put it right.")


class ScopeName(StrEnum):
    """Where a memory holds."""

    user = "user"
    repository = "repository"
    branch = "branch"


_UNITS = {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout, for programs.")]
InScope = Annotated[ScopeName | None, typer.Option("--scope", help="Only this scope; default: all that hold here.")]
Topic = Annotated[str | None, typer.Option("--topic", help="Only memories filed under this.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="Those of other repositories and sessions, too.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
Target = Annotated[str, typer.Argument(metavar="ID|WORDS", help="An id, or words that must all be in it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


class _Desk:
    """The memory as it is used in a folder."""

    def __init__(self, cwd: Path) -> None:
        self.place: Place = locate(cwd)
        self.store = MemoryStore(database_path())
        self._snapshot = Snapshot(self.store, snapshot_path(cwd), self.place.scope("repository"))
        _say(self.store.notice)
        if self._shares:
            _say(self._snapshot.load().message)

    @property
    def _shares(self) -> bool:
        # Only pi starts to share a memory; a look at it from the command line leaves no new file in the folder.
        return self._snapshot.path.exists()

    def publish(self) -> None:
        """Tell the other system, if there is one."""
        if self._shares:
            _say(self._snapshot.save().message)

    def scopes(self, name: ScopeName | None) -> tuple[Scope, ...]:
        return self.place.scopes if name is None else (self.scope(name),)

    def scope(self, name: ScopeName) -> Scope:
        try:
            return self.place.scope(name.value)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    def targets(self, target: str) -> list[Memory]:
        """Return what ``target`` names: one by id, or all with these words."""
        found = self.store.get(target)
        return [found] if found is not None else self.store.matching(Search(target, self.place.scopes, limit=1000))


@contextmanager
def _desk() -> Iterator[_Desk]:
    try:
        desk = _Desk(Path.cwd())
        try:
            yield desk
        finally:
            desk.store.close()
    except MemoryStoreError as error:
        _say(str(error))
        raise typer.Exit(1) from error


def _say(message: str | None) -> None:
    if message:
        sys.stderr.write(f"pi-self: {printable(message)}\n")


@memory.command("list")
def list_(
    *,
    scope: InScope = None,
    topic: Topic = None,
    everywhere: Everywhere = False,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """List memories, the strongest and latest first."""
    with _desk() as desk:
        if everywhere:
            found = list(reversed(desk.store.all()))[:limit]
        else:
            hits = desk.store.search(Search("", desk.scopes(scope), topic=topic, limit=limit))
            found = [hit.memory for hit in hits]
        _show(found, as_json=as_json)


@memory.command()
def search(
    words: Annotated[list[str], typer.Argument(help="What to look for.")],
    *,
    scope: InScope = None,
    topic: Topic = None,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """Find memories by words, best first; memories with all of them come before those with some."""
    with _desk() as desk:
        hits = desk.store.search(Search(" ".join(words), desk.scopes(scope), topic=topic, limit=limit))
        _show([hit.memory for hit in hits], as_json=as_json)
        if not hits:
            raise typer.Exit(1)


@memory.command()
def add(  # noqa: PLR0913  # each is an option of the command
    text: Annotated[str, typer.Argument(help="What to remember.")],
    *,
    scope: Annotated[ScopeName, typer.Option("--scope", help="Where it holds.")] = ScopeName.repository,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="File it under this; may be repeated.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="Forget it after this: 12h, 30d, 4w.")] = None,
    confidence: Annotated[float, typer.Option("--confidence", min=0, max=1, help="How sure it is.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Remember something; what is known already in other words is strengthened."""
    with _desk() as desk:
        draft = Draft(
            content=text,
            scope=desk.scope(scope),
            topics=tuple(topic or ()),
            confidence=confidence,
            expires_at=_until(expires, desk.store.now()),
            origin=Origin(event="pi-self memory add"),
        )
        _report(desk, desk.store.add(draft), as_json=as_json)


@memory.command()
def edit(  # noqa: PLR0913  # each is an option of the command
    target: Target,
    *,
    text: Annotated[str | None, typer.Option("--text", help="The new text.")] = None,
    scope: Annotated[ScopeName | None, typer.Option("--scope", help="Where it holds from now on.")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="Its topics from now on; may be repeated.")] = None,
    expires: Annotated[str | None, typer.Option("--expires", help="12h, 30d, 4w from now, or never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change one memory."""
    with _desk() as desk:
        found = desk.targets(target)
        if len(found) != 1:
            _show(found, as_json=False)
            _say(f"{target!r} names {len(found)} memories: give the id, or more words")
            raise typer.Exit(1)
        given: dict[str, Any] = {"content": text, "topics": tuple(topic) if topic else None}
        given["scope"] = desk.scope(scope) if scope else None
        change = {name: value for name, value in given.items() if value is not None}
        if expires is not None:
            change["expires_at"] = None if expires == "never" else _until(expires, desk.store.now())
        if not change:
            raise typer.BadParameter("say what to change: --text, --topic, --scope or --expires")
        _report(desk, desk.store.edit(found[0].id, Change(**change)), as_json=as_json)


@memory.command()
def forget(target: Target, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Forget memories for good, after showing which."""
    with _desk() as desk:
        found = desk.targets(target)
        if not found:
            _say(f"nothing has the id or all the words {target!r}")
            raise typer.Exit(1)
        if not yes:
            _show(found, as_json=False)
            typer.confirm(f"Forget {_counted(len(found))}?", abort=True)
        gone = desk.store.forget([item.id for item in found])
        desk.publish()
        if as_json:
            typer.echo(_safe_json({"forgotten": list(gone)}))
        else:
            typer.echo(f"forgot {_counted(len(gone))}")


@memory.command("export")
def export_(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output by default.")] = None,
    *,
    scope: InScope = None,
    everywhere: Everywhere = False,
) -> None:
    """Write memories to a JSON file that `import` takes."""
    with _desk() as desk:
        found = desk.store.all(None if everywhere else desk.scopes(scope))
        if file is None:
            sys.stdout.buffer.write(dump(found))
            return
        file.touch(mode=0o600)
        file.write_bytes(dump(found))
        typer.echo(f"wrote {_counted(len(found))} to {file}")


@memory.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="An export or a snapshot; - for standard input.")],
    *,
    scope: Annotated[
        ScopeName, typer.Option("--scope", help="Where memories of a snapshot hold.")
    ] = ScopeName.repository,
) -> None:
    """Take in an export of this command, or a snapshot of the original system."""
    with _desk() as desk:
        done = load(desk.store, file.read(), desk.scope(scope))
        desk.publish()
        typer.echo(f"imported {_counted(len(done.added))}; {len(done.known)} were known")
        for reason in done.refused:
            _say(f"not imported: {reason}")
        if done.refused:
            raise typer.Exit(1)


@memory.command()
def stats(*, as_json: AsJson = False) -> None:
    """Show how full the memory is."""
    with _desk() as desk:
        found = desk.store.stats()
        if as_json:
            typer.echo(_safe_json(msgspec.to_builtins(found)))
            return
        share = 100 * max(found.memories / found.quota.memories, found.bytes / found.quota.bytes)
        topics = ", ".join(f"{preview(topic, 30)} {number}" for topic, number in list(found.topics.items())[:8])
        typer.echo(f"{_counted(found.memories)}, {found.bytes:,} bytes of text: {share:.1f} % of what fits")
        for name, groups in (("scopes", found.by_scope), ("kinds", found.by_kind)):
            typer.echo(f"{name}: {', '.join(f'{group} {number}' for group, number in groups.items()) or 'none'}")
        typer.echo(f"topics: {topics or 'none'}")
        typer.echo(f"{found.fading} fade, {found.expiring} have a date, {found.forgotten} were forgotten")
        typer.echo(f"{desk.store.database.path}, {found.file_bytes:,} bytes")


@memory.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to.")]) -> None:
    """Copy the whole memory to a file, while pi may be using it."""
    with _desk() as desk:
        desk.store.back_up(file)
        typer.echo(f"copied {_counted(desk.store.stats().memories)} to {file}")


@memory.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], *, yes: Yes = False) -> None:
    """Put a backup in the memory's place; what was there is kept beside it."""
    with _desk() as desk:
        if not yes:
            typer.confirm(f"Replace {_counted(desk.store.stats().memories)} by the backup?", abort=True)
        aside = desk.store.restore(file)
        typer.echo(f"restored {_counted(desk.store.stats().memories)}; what was there is {str(aside)!r}")


def _report(desk: _Desk, stored: Stored, *, as_json: bool) -> None:
    desk.publish()
    if stored.masked:
        _say(f"secrets are not kept, these were taken out: {', '.join(stored.masked)}")
    if stored.evicted:
        _say(f"the memory is full: {_counted(len(stored.evicted))} had to go")
    if as_json:
        typer.echo(_safe_json(msgspec.to_builtins(stored)))
    else:
        typer.echo(f"{stored.memory.id}{' (known already)' if stored.merged else ''}")


def _show(found: list[Memory], *, as_json: bool) -> None:
    if as_json:
        typer.echo(_safe_json({"memories": [msgspec.to_builtins(item) for item in found]}))
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


def _safe_json(value: object) -> str:
    # JSON leaves the control characters beyond ASCII as they are.
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(char if char == "\n" or printable(char) == char else f"\\u{ord(char):04x}" for char in text)


def _counted(number: int) -> str:
    return f"{number:,} memory" if number == 1 else f"{number:,} memories"


def _until(duration: str | None, now: int) -> int | None:
    if duration is None:
        return None
    match = re.fullmatch(r"(\d{1,5})([hdw])", duration.strip())
    if match is None:
        raise typer.BadParameter(f"{duration!r} is not a time: write 12h, 30d or 4w")
    return now + int(match[1]) * _UNITS[match[2]]
