"""Entries whose history is cut off: hung again from where it went on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_session_persistence.repair._json import members, with_member

if TYPE_CHECKING:
    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.repair._draft import Draft, Row

__all__ = ["relink"]


def relink(draft: Draft) -> None:
    """Hang entries that have no proper parent from another one.

    What hung from an entry that is gone hangs from that one's parent if it could be made out, else from the entry
    before the first of them, and stays together. Everything else hangs from the entry before it in the file.
    """
    session = draft.session()
    if any(oddity.code == "too-deep" for oddity in session.oddities):
        return  # what seems to be gone may be in the line that only pi can read
    _Tree(draft, session).mend()


class _Tree:
    def __init__(self, draft: Draft, session: Session) -> None:
        self._draft = draft
        self._rows = list(draft.rows)
        self._session = session
        self._entries = {entry.line: entry for entry in session.entries}
        self._parents = {entry.id: entry.parent_id for entry in session.entries if entry.id is not None}
        self._before = _entries_before(session)
        self._instead: dict[str, str | None] = {}
        self._heirs: dict[str, list[str]] = {}

    def mend(self) -> None:
        oddities = self._session.oddities
        for oddity in oddities:
            entry = self._entries.get(oddity.line)
            if entry is None:
                continue
            if oddity.code == "orphan" and entry.parent_id is not None:
                self._heirs.setdefault(entry.parent_id, []).append(entry.id or "")
                self._hang(oddity.code, entry, self._parent_instead(entry, entry.parent_id))
            elif oddity.code in ("self-parent", "cycle") or (
                oddity.code == "malformed" and not _has_parent(self._row(entry))
            ):
                self._hang(oddity.code, entry, self._before.get(entry.line))
        for oddity in oddities:
            entry = self._entries.get(oddity.line)
            if oddity.code == "bad-reference" and entry is not None and entry.type == "compaction":
                self._keep_from_heir(entry)

    def _row(self, entry: Entry) -> Row:
        return self._rows[entry.line - 1]

    def _parent_instead(self, entry: Entry, gone: str) -> str | None:
        if gone not in self._instead:
            lost, seen = self._draft.lost, set[str]()
            found: str | None = gone
            while found is not None and found in lost and found not in seen and found not in self._parents:
                seen.add(found)
                found = lost[found].parent
            known = found is None or found in self._parents
            self._instead[gone] = found if known else self._before.get(entry.line)
        return self._instead[gone]

    def _hang(self, code: str, entry: Entry, parent: str | None) -> None:
        if parent is not None and entry.id in self._ancestors(parent):
            parent = None
        row = self._row(entry)
        self._draft.change(row, with_member(row.raw, "parentId", parent))
        if entry.id is not None:
            self._parents[entry.id] = parent
        where = f"hung the entry from {parent!r}" if parent is not None else "made the entry a beginning"
        self._draft.note(code, row, f"{where}, for its history was cut off")

    def _ancestors(self, identity: str) -> set[str]:
        """The entry itself and all it hangs from."""
        seen: set[str] = set()
        current: str | None = identity
        while current is not None and current not in seen:
            seen.add(current)
            current = self._parents.get(current)
        return seen

    def _keep_from_heir(self, compaction: Entry) -> None:
        """Let a compaction keep from what came after the lost entry that it kept from; from itself if nothing did."""
        path = self._ancestors(compaction.id) if compaction.id is not None else set()
        heir = next((heir for heir in self._heirs.get(compaction.target_id or "", ()) if heir in path), None)
        lost = self._draft.lost.get(compaction.target_id or "")
        if heir is None and lost is not None:
            after = (e.id for e in self._session.entries if e.id in path and self._row(e).offset > lost.offset)
            heir = next(after, None)
        row, kept = self._row(compaction), heir or compaction.id
        self._draft.change(row, with_member(row.raw, "firstKeptEntryId", kept))
        self._draft.note("bad-reference", row, f"let the compaction keep from {kept!r}, for what it kept from is lost")


def _entries_before(session: Session) -> dict[int, str | None]:
    """The id of the entry before each one, by line."""
    before: dict[int, str | None] = {}
    last: str | None = None
    for entry in session.entries:
        before[entry.line] = last
        last = entry.id or last
    return before


def _has_parent(row: Row) -> bool:
    parent = members(row.raw).get("parentId", "")
    return parent is None or (isinstance(parent, str) and parent != "")
