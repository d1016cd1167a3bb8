"""What a session file would be if it were whole: a pure function of its bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from pi_host.sessionfile import lines, migrate
from pi_session_persistence.repair._draft import Action, Draft, Salvaged
from pi_session_persistence.repair._header import put_header_first
from pi_session_persistence.repair._lines import clear_out, give_ids, strip_mark
from pi_session_persistence.repair._tree import relink

__all__ = ["Plan", "plan"]

#: The version that pi writes.
_CURRENT: Final = 3

#: Taking a cycle apart may show another one behind it.
_MOST_ROUNDS: Final = 8


class Plan(NamedTuple):
    """How a file becomes whole.

    Attributes:
        content: the whole file; ``None`` if there is no session in it.
        actions: what is done for that; nothing for a file that is whole.
        salvaged: the bytes of the original that are not in ``content`` as they were.
    """

    content: bytes | None
    actions: list[Action]
    salvaged: list[Salvaged]


def plan(data: bytes, *, cwd: str | None = None) -> Plan:
    """Return how the file with these bytes becomes one that every pi reads in full. The same bytes give the same plan.

    Args:
        data: what is in the file.
        cwd: the working directory, for a header that has to be made anew.
    """
    if not data:
        return Plan(data, [], [])
    draft = Draft(data)
    strip_mark(draft)
    before = list(draft.rows)
    clear_out(draft)
    if not put_header_first(draft, [row.raw for row in before if row.saved], cwd):
        return Plan(None, [], [])
    _upgrade(draft)
    give_ids(draft)
    for _ in range(_MOST_ROUNDS):
        done = len(draft.actions)
        relink(draft)
        if len(draft.actions) == done:
            break
    return Plan(draft.joined() if draft.actions else data, draft.actions, draft.salvaged)


def _upgrade(draft: Draft) -> None:
    """Bring a file of an old version to the current one."""
    session = draft.session()
    if session.header is None or session.header.version >= _CURRENT:
        return
    with tempfile.TemporaryDirectory(prefix="pi-session-") as folder:
        old, new = Path(folder) / "old.jsonl", Path(folder) / "new.jsonl"
        old.write_bytes(draft.joined())
        migrate(old, new)
        raws = [line.raw for line in lines(new)]
    kept = {session.header.line, *(entry.line for entry in session.entries)}
    kept |= {oddity.line for oddity in session.oddities if oddity.code == "second-header"}
    for line, row in enumerate(draft.rows, 1):
        if line not in kept and row.raw:
            draft.save(row)
    draft.rows = [row for line, row in enumerate(draft.rows, 1) if line in kept]
    for row, raw in zip(draft.rows, raws, strict=True):
        row.raw = raw
    draft.note("old-version", draft.rows[0], f"brought version {session.header.version:g} of the format to {_CURRENT}")
