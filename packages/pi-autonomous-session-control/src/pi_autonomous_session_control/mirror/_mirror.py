"""What happens in a session, written down by a thread of its own so that pi does not wait for it."""

from __future__ import annotations

import os
import secrets
import time
from functools import partial
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from pi_autonomous_session_control.mirror._events import Began, Call, Change, Event, Moved, Result
from pi_autonomous_session_control.mirror._log import Log, LogError, Record, SessionRow
from pi_autonomous_session_control.mirror._normal import digest
from pi_autonomous_session_control.mirror._reading import call_of, lines_of, named_file, result_of, storable
from pi_autonomous_session_control.mirror._recorder import Recorder
from pi_autonomous_session_control.mirror._spans import READERS, Spans
from pi_autonomous_session_control.mirror._worktree import Glance, WorkTree, glance

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pi_autonomous_session_control.mirror._worktree import Found

__all__ = ["Beginning", "Mirror"]

_MS: Final = 1_000_000
#: The work tree is looked at so rarely that looking takes a fifth of the time at most.
_SHARE: Final = 4
_GOODBYE: Final = 2.0
#: Files that this package and its peers write beside the work.
_OURS: Final = ".pi-subagent-sessions"


class Beginning(msgspec.Struct, kw_only=True, frozen=True):
    """The session that is taken up.

    Attributes:
        session: pi's id of it.
        file: its file, ``None`` if it has none.
        cwd: its folder.
        reason: why, as pi says.
        leaf: the entry it stands at.
        parent: file of the session that it was forked from.
    """

    session: str
    file: str | None
    cwd: str
    reason: str
    leaf: str | None = None
    parent: str | None = None


class _Ended(NamedTuple):
    """How a call ended; ``written`` is the file that the tool named, and what it looked like then."""

    at: int
    entry: str | None
    content: Any
    failed: bool
    written: tuple[str, Glance] | None


class Mirror:
    """The mirror of one session. Methods may be called from any thread; those that record return at once.

    Attributes:
        beginning: the session.
        ready: is set once the state of the files at the beginning is known.
    """

    def __init__(
        self, path: Path, beginning: Beginning, *, tell: Callable[[str], None], heard: Callable[[], None] | None = None
    ) -> None:
        """Begin to record.

        Args:
            path: the log.
            beginning: the session.
            tell: is called with what the user should know, each text once.
            heard: is called after every result, in the recording thread.
        """
        self.beginning = beginning
        self.ready = Flag()
        self._path = path
        self._tell = tell
        self._heard = heard
        self._told: set[str] = set()
        self._run = secrets.token_hex(8)
        self._records: list[Record] = []
        self._dirty: dict[int, Record] = {}
        self._settling: list[Record] = []
        self._calls: dict[str, Call] = {}
        self._names: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._branch: set[str] = set()
        self._seq = self._read_to = 0
        self._log: Log | None = None
        self._lineage = [beginning.session]
        self._spans = Spans()
        self._tree = WorkTree(Path(beginning.cwd))
        self._looked_at = time.time_ns()
        self._look_took = 0
        self._recorder = Recorder(self._flush, self._failed)
        self._recorder.put(self._begin)

    def note(self, event: Event, *, early: bool = False) -> None:
        """Write down ``event``; ``early`` if pi writes the entry that it belongs to only after it."""
        self._recorder.put(partial(self._append, event, early=early))

    def call(self, entry: str | None, call: str, tool: str, given: dict[str, Any]) -> None:
        """A tool is about to run."""
        now = time.time_ns()
        path = named_file(tool, given)
        self._spans.open(call, tool, now, None if path is None else self._absolute(path))
        self._recorder.put(partial(self._call, now // _MS, entry, call, tool, given))

    def dropped(self, call: str) -> None:
        """The call is not to run after all."""
        self._spans.drop(call)
        self._recorder.put(lambda: self._drop(call))

    def result(self, entry: str | None, called: tuple[str, str, dict[str, Any]], content: Any, *, failed: bool) -> None:
        """A tool has run; ``called`` is the id of the call, the tool and its arguments."""
        now = time.time_ns()
        self._spans.close(called[0], now)
        path = None if failed else named_file(called[1], called[2])
        # At once, since the next tool may write the same file.
        seen = (path, glance(self._absolute(path))) if path is not None else None
        ended = _Ended(now // _MS, entry, content, failed, seen)
        self._recorder.put(partial(self._result, called, ended))

    def turn_over(self) -> None:
        """No tool of this turn is running any more, even where no result came."""
        self._spans.close_all(time.time_ns())

    def look(self, entry: str | None) -> None:
        """Look which files changed."""
        self._recorder.put(partial(self._look, entry, always=True))

    def stand(self, entries: Collection[str]) -> None:
        """The session stands at the end of ``entries``; what happened elsewhere does not count."""
        here = set(entries)
        self._recorder.put(lambda: self._stand(here))

    def drain(self, seconds: float) -> bool:
        """Wait until all that happened so far is written down, and return whether that was in time."""
        return self._recorder.drain(seconds)

    def events(self) -> list[Event]:
        """Return the events on the current branch, oldest first."""
        branch, here = self._branch, self.beginning.session
        found = [
            record.event
            for record in list(self._records)
            if record.event.entry in branch or (record.event.entry is None and record.session == here)
        ]
        return sorted(found, key=lambda event: event.at)

    def everything(self) -> list[Event]:
        """Return the events of the session on all its branches, oldest first."""
        return sorted((record.event for record in list(self._records)), key=lambda event: event.at)

    def has_news(self) -> bool:
        """Take in what other processes wrote about the session, and return whether there was anything."""
        if self._log is None or self.beginning.file is None:
            return False
        try:
            news, self._read_to = self._log.read(self._lineage, after=self._read_to, without=self._run)
        except LogError as error:
            self._say(str(error))
            return False
        self._records.extend(news)
        return bool(news)

    def close(self) -> None:
        """Write what is left, and end."""
        self._recorder.close(_GOODBYE)
        if self._log is not None:
            self._log.close()

    # What follows runs in the recording thread.

    def _begin(self) -> None:
        try:
            self._open()
        except LogError as error:
            self._log = None
            self._say(f"the mirror forgets this session when pi ends: {error}")
        try:
            kept = self._log.worktree(self.beginning.session) if self._log and self.beginning.file else None
            self._tree.begin(kept)
        finally:
            self.ready.set()
        start = self.beginning
        now = time.time_ns() // _MS
        if start.leaf is not None:
            self._branch.add(start.leaf)
        self._append(Began(at=now, entry=start.leaf, reason=start.reason, cwd=start.cwd))
        if kept is not None:  # what happened while pi was away
            self._known = {
                self._absolute(record.event.path): record.event.digest
                for record in self._records
                if isinstance(record.event, Change)
            }
            self._look(start.leaf, always=True)
        else:
            self._keep_tree()

    def _open(self) -> None:
        start = self.beginning
        log = self._log = Log(self._path)
        if log.notice:
            self._say(log.notice)
        parent = log.session(file=start.parent) if start.parent else None
        name = parent.id if parent is not None and parent.id != start.session else None
        log.begin(SessionRow(start.session, start.file, start.cwd, name, time.time_ns() // _MS))
        if start.file is not None:  # else it ends with its process, and nobody can take it up again
            self._lineage = log.lineage(start.session)
            self._records, self._read_to = log.read(self._lineage)

    def _append(self, event: Event, *, early: bool = False) -> None:
        if event.entry is not None:
            self._branch.add(event.entry)
            self._settle(event.entry)
        self._seq += 1
        record = Record(self._run, self._seq, self.beginning.session, event)
        self._records.append(record)
        self._dirty[record.seq] = record
        if isinstance(event, Moved):
            self._settling.clear()  # what comes next belongs to another branch
        if early:
            self._settling.append(record)

    def _settle(self, entry: str) -> None:
        """Tie what happened before its entry was written to the next one that is."""
        for record in [record for record in self._settling if record.event.entry != entry]:
            record.event.entry = entry
            self._dirty[record.seq] = record
            self._settling.remove(record)

    def _call(self, at: int, entry: str | None, call: str, tool: str, given: dict[str, Any]) -> None:
        event = self._calls[call] = call_of(at, entry, call, tool, given)
        self._append(event)

    def _drop(self, call: str) -> None:
        self._calls.pop(call, None)

    def _result(self, called: tuple[str, str, dict[str, Any]], ended: _Ended) -> None:
        call, tool, given = called
        known = self._calls.pop(call, None) or call_of(ended.at, ended.entry, call, tool, given)
        event = result_of(known, ended.at, ended.content, failed=ended.failed)
        self._append(event)
        if ended.written is not None:
            self._written(event, ended.written, given)
        elif tool not in READERS:
            self._look(ended.entry)
        if self._heard is not None:
            self._heard()

    def _written(self, result: Result, written: tuple[str, Glance], given: dict[str, Any]) -> None:
        """A tool said that it wrote a file."""
        path, seen_now = written
        absolute = self._absolute(path)
        shown = self._names.setdefault(absolute, storable(path))
        found = self._tree.look_at(absolute, seen_now)
        if found is not None:
            op, said, seen = found.op, found.digest, True
        elif seen_now.finger is not None:
            return  # as it was before
        else:
            # It works on another machine, or in a container: all there is to go by is what it says.
            content = given.get("content")
            said = digest(content.encode(errors="replace")) if isinstance(content, str) else ""
            op, seen = "create" if result.tool == "write" else "modify", False
        self._append(
            Change(
                at=result.at,
                entry=result.entry,
                path=shown,
                op=op,
                by=result.tool,
                call=result.call,
                digest=said,
                lines=lines_of(result.tool, given),
                seen=seen,
            )
        )

    def _look(self, entry: str | None, *, always: bool = False) -> None:
        began = time.time_ns()
        if not always and began - self._looked_at < _SHARE * self._look_took:
            return
        for found in self._tree.look():
            if not self._is_ours(found.path) and self._known.get(found.path) != found.digest:
                self._append(self._change(found, entry))
        self._known.clear()
        self._looked_at = time.time_ns()
        self._look_took = self._looked_at - began
        if always:
            self._keep_tree()

    def _change(self, found: Found, entry: str | None) -> Change:
        by, call = self._spans.author(found, self._looked_at)
        at = found.at_ns // _MS if found.at_ns is not None else time.time_ns() // _MS
        cwd = self.beginning.cwd
        path = self._names.get(found.path)
        if path is None:
            inside = found.path.startswith(cwd.rstrip("/") + "/")
            path = self._names[found.path] = storable(os.path.relpath(found.path, cwd) if inside else found.path)
        return Change(at=at, entry=entry, path=path, op=found.op, by=by, call=call, digest=found.digest)

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.beginning.cwd, os.path.expanduser(path)))  # noqa: PTH111, PTH118  # strings, as pi has them

    def _is_ours(self, path: str) -> bool:
        return os.path.basename(path).startswith(_OURS) or path == self.beginning.file  # noqa: PTH119  # a string

    def _stand(self, entries: set[str]) -> None:
        self._branch = entries

    def _keep_tree(self) -> None:
        if self._log is not None:
            self._log.worktree(self.beginning.session, self._tree.keep())

    def _flush(self) -> None:
        if not self._dirty or self._log is None:
            return
        records = list(self._dirty.values())
        self._dirty.clear()
        self._log.write(records)

    def _failed(self, error: BaseException) -> None:
        self._say(f"the mirror missed something: {type(error).__name__}: {error}")

    def _say(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)
