"""What ``pil doctor`` looks at. Each finding says what was found and, if something is wrong, how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pi_lane import formats
from pi_lane.cli._errors import CommandError
from pi_lane.cli._session import running
from pi_lane.cli._words import owner_words, short, tilde
from pi_lane.cli.graph import read_session
from pi_lane.graph import one_line
from pi_lane.runtime import SessionPaths, legacy_session_key
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_lane.cli._view import Lane, View

__all__ = ["Finding", "examine"]


class Finding(NamedTuple):
    """One thing looked at.

    Attributes:
        subject: what was looked at.
        level: ``ok``, ``warning``, or ``error`` for what is broken.
        text: what was found.
        mend: how to mend it; empty if there is nothing to mend.
        passing: whether it is normal for a moment, so that only a second look can tell.
    """

    subject: str
    level: Literal["ok", "warning", "error"]
    text: str
    mend: str = ""
    passing: bool = False


def examine(view: View) -> Iterator[Finding]:
    """Run all checks.

    Args:
        view: what there is to see.
    """
    yield from _identity(view)
    yield from _folders(view)
    yield from _broken_files(view)
    yield from _heads(view)
    for lane in view.lanes:
        yield from _owner(lane, view)
        yield from _foreign(lane)
        yield from _published(lane)
    yield from _terminals(view)
    yield from _pending(view)
    yield from _older_key(view)


def _identity(view: View) -> Iterator[Finding]:
    identity = view.identity
    yield Finding("session", "ok", tilde(identity.session_file or f"key {view.paths.key}"))
    if not identity.session_file:
        mend = "name the file with --session FILE"
        yield Finding("session", "warning", "PI_LANE_SESSION_FILE is not set, only the session's key is known", mend)
    if identity.instance_id and not view.terminal(identity.instance_id):
        mend = "restart pi if this terminal should take part"
        yield Finding("terminal", "warning", f"{short(identity.instance_id)} is this terminal, but has no file", mend)
    if identity.lane and not any(lane.name == identity.lane for lane in view.lanes):
        mend = "`/lane join main` in pi goes back to a lane that exists"
        yield Finding("lane", "warning", f"{one_line(identity.lane)!r} is this terminal's lane, but has no file", mend)


def _folders(view: View) -> Iterator[Finding]:
    mend = "open the session in pi with pi-lane installed; `pi-host plugins` tells whether it is"
    if not view.paths.folder.is_dir():
        yield Finding("folder", "error", f"{tilde(str(view.paths.folder))} is missing", mend)
        return
    missing = [path for path in (view.paths.instances, view.paths.lanes) if not path.is_dir()]
    for path in missing:
        yield Finding("folder", "warning", f"{tilde(str(path))} is missing", mend)
    if not missing:
        yield Finding("folder", "ok", tilde(str(view.paths.folder)))


def _broken_files(view: View) -> Iterator[Finding]:
    for folder in (view.paths.instances, view.paths.lanes):
        for path in sorted(folder.glob("*.json")):
            if formats.read(path, dict) is None:
                mend = "it counts as absent; remove it if no terminal writes it anew"
                yield Finding("file", "warning", f"{tilde(str(path))} can't be read or is not JSON", mend)


def _heads(view: View) -> Iterator[Finding]:
    heads = {lane.name: lane.head for lane in view.lanes if lane.head}
    try:
        _, session = read_session(view)
    except CommandError as error:
        yield Finding("session file", "error" if heads else "warning", str(error))
        return
    for name, head in heads.items():
        if session.get(head) is None:
            mend = "was the file restored or edited? `/lane adopt <id>` in pi sets the head to an entry that is there"
            text = f"the head of lane {one_line(name)!r}, {one_line(head)!r}, is not in the session file"
            yield Finding("head", "error", text, mend)
    yield Finding("session file", "ok", f"{len(session.entries)} entries, {len(heads)} lanes with a head")
    if odd := session.oddities:
        text = f"{len(odd)} oddities, first in line {odd[0].line}: {one_line(odd[0].message)}"
        yield Finding("session file", "warning", text, "pi passes over most of them; keep a copy before you edit it")


def _owner(lane: Lane, view: View) -> Iterator[Finding]:
    name = one_line(lane.name, 64)
    if lane.problem:
        yield Finding(f"lane {name}", "error", one_line(lane.problem))
        return
    owner = lane.state.owner
    words, _ = owner_words(lane, view)
    found = view.liveness.get(owner.instance_id) if owner else None
    if found is Liveness.PAUSED:
        mend = "resume that terminal (`fg`), or take the lane with `/lane take` in another one"
        yield Finding(f"lane {name}", "error", words, mend)
    elif found is Liveness.DEAD:
        mend = "nothing to do: the next prompt on this lane takes over"
        yield Finding(f"lane {name}", "warning", words, mend, passing=True)
    else:
        yield Finding(f"lane {name}", "ok", words or "free")


def _foreign(lane: Lane) -> Iterator[Finding]:
    claim = lane.foreign
    if claim is None:
        return
    name = one_line(lane.name, 64)
    if claim.fresh:
        text = f"{claim.tool} has it (pid {claim.pid or 'unknown'}): terminals with our plugin wait or stand down"
        yield Finding(f"lane {name}", "warning", text, f"use one tool for a lane: close the terminals of {claim.tool}")
    elif lane.state.owner is None:
        mend = "nothing to do: the next prompt on this lane clears it away"
        yield Finding(f"lane {name}", "warning", f"an expired lock of {claim.tool} is left", mend, passing=True)


def _published(lane: Lane) -> Iterator[Finding]:
    if lane.version and lane.cursor and lane.cursor.get("headEntryId") != lane.state.head:
        text = f"published head {one_line(str(lane.cursor.get('headEntryId')), 40)!r}, own head {lane.state.head!r}"
        mend = "another tool moved it: the next prompt on this lane adopts the newer one"
        yield Finding(f"lane {one_line(lane.name, 64)}", "warning", text, mend, passing=True)


def _terminals(view: View) -> Iterator[Finding]:
    live = [terminal for terminal in view.terminals if terminal.live]
    yield Finding("terminals", "ok", f"{len(live)} live, {len(view.terminals) - len(live)} stale")
    known = {lane.name: lane for lane in view.lanes}
    for terminal in live:
        status, lane = terminal.text("status"), known.get(terminal.text("lane"))
        if status in {"active", "waiting"} and not _takes_part(terminal.id, lane):
            text = f"{short(terminal.id)} says it is {status}, but neither has nor awaits a lane"
            mend = "its turn is not protected: let it end, then restart that pi"
            yield Finding("terminals", "error", text, mend, passing=True)


def _takes_part(instance_id: str, lane: Lane | None) -> bool:
    if lane is None:
        return False
    state = lane.state
    ours = {waiter.instance_id for waiter in state.queue} | ({state.owner.instance_id} if state.owner else set())
    # A waiter of another tool is not written down anywhere, so any claim of that tool will do.
    return instance_id in ours or (lane.foreign is not None and lane.foreign.fresh)


def _pending(view: View) -> Iterator[Finding]:
    for path in sorted(view.paths.instances.glob("*.pending.jsonl")):
        name = path.name.removesuffix(".pending.jsonl")
        terminal = view.terminal(name)
        if _size(path) and not (terminal and terminal.live):
            mend = "nothing to do: the next terminal that has its lane writes them"
            text = f"{tilde(str(path))}: entries that a terminal could not write before it ended"
            yield Finding("unwritten", "warning", text, mend)


def _older_key(view: View) -> Iterator[Finding]:
    identity = view.identity
    if not identity.session_file:
        return
    older = SessionPaths(identity.root, legacy_session_key(identity.session_id, identity.session_file))
    if older.key == view.paths.key:
        return
    if any(session.file == identity.session_file for session in running(identity.root, stale_ms=15_000, key=older.key)):
        text = f"a terminal with the older pi-lane has this session open, under {tilde(str(older.folder))}"
        mend = "neither sees the other: close that terminal, or use one tool everywhere"
        yield Finding("older key", "error", text, mend)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
