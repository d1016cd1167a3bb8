"""What can't be read, line by line: taken out, or taken apart where whole entries are in it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pi_host.sessionfile import Session
from pi_session_persistence.repair._draft import Lost, Row
from pi_session_persistence.repair._json import members, told, with_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_host.sessionfile import Oddity
    from pi_session_persistence.repair._draft import Draft

__all__ = ["clear_out", "give_ids", "strip_mark"]

_MARK: Final = b"\xef\xbb\xbf"

#: Lines that pi can't read, or that no entry is in. What nests too deeply for Python is left to pi.
_UNREADABLE: Final = frozenset({"torn", "garbage", "glued", "nul", "ignored-value"})


def strip_mark(draft: Draft) -> None:
    """Take byte order marks away from the beginning."""
    if not draft.rows or not draft.rows[0].raw.startswith(_MARK):
        return
    row = draft.rows[0]
    before = len(row.raw)
    while row.raw.startswith(_MARK):
        row.raw = row.raw.removeprefix(_MARK)
    draft.save_bytes(0, before - len(row.raw))
    draft.note("bom", row, "took the byte order mark away")
    row.offset, row.size = row.offset + before - len(row.raw), row.size - before + len(row.raw)


def clear_out(draft: Draft) -> None:
    """Take out the lines that pi can't read; whole entries in them stay."""
    rows: list[Row] = []
    ended = draft.data.endswith(b"\n")
    # As it is: only a last line without LF is a torn one.
    session = Session.parse(draft.joined() if ended else draft.joined()[:-1])
    odd = {oddity.line: oddity for oddity in session.oddities if oddity.code in _UNREADABLE}
    for place, row in enumerate(draft.rows, 1):
        oddity = odd.get(place)
        rows += [row] if oddity is None else _readable(draft, row, oddity)
    kept_last = bool(rows) and rows[-1] is draft.rows[-1]
    draft.rows = rows
    if kept_last and not ended:
        draft.note("no-final-lf", rows[-1], "ended the last line with LF")


def give_ids(draft: Draft) -> None:
    """Give entries without an id one, and take out what is no entry or would make pi fail."""
    session = draft.session()
    taken = {entry.id for entry in session.entries}
    gone: set[int] = set()
    for oddity in session.oddities:
        row = draft.rows[oddity.line - 1]
        fields = members(row.raw)
        useless = oddity.code == "no-id" and not isinstance(fields.get("type"), str)
        if oddity.code == "non-object" or useless or (oddity.code == "malformed" and _breaks_pi(fields)):
            if oddity.line not in gone:
                _take_out(draft, row, oddity.code, fields)
            gone.add(oddity.line)
        elif oddity.code == "no-id":
            identity = _new_id(row, taken)
            draft.change(row, with_member(row.raw, "id", identity))
            draft.note("no-id", row, f"gave the entry the id {identity!r}")
    draft.rows = [row for line, row in enumerate(draft.rows, 1) if line not in gone]


def _readable(draft: Draft, row: Row, oddity: Oddity) -> Sequence[Row]:
    """Return what stays of a line that can't be read."""
    if not oddity.pieces:
        draft.save(row)
        if (identity := told(row.raw, "id")) is not None and (parent := told(row.raw, "parentId")) is not None:
            draft.lost[identity] = Lost(parent, row.offset)
        draft.note(oddity.code, row, f"moved {row.size} bytes to the salvage file")
        return []
    shift, rest = row.offset - oddity.offset, row.offset
    kept = []
    for offset, length in oddity.pieces:
        begin = offset + shift
        draft.save_bytes(rest, begin - rest)
        kept.append(Row(draft.data[begin : begin + length], row.line, begin, length))
        rest = begin + length
    left = row.offset + row.size - rest
    if draft.data[rest : rest + left] != b"\n":
        draft.save_bytes(rest, left)
    draft.note(oddity.code, row, f"made {len(kept)} lines of the whole entries in it, and moved the rest away")
    return kept


def _take_out(draft: Draft, row: Row, code: str, fields: dict[str, object]) -> None:
    identity, parent = fields.get("id"), fields.get("parentId")
    if isinstance(identity, str) and (parent is None or isinstance(parent, str)):
        draft.lost[identity] = Lost(parent, row.offset)
    draft.save(row)
    draft.note(code, row, "moved the line to the salvage file, for it is no entry that pi can use")


def _breaks_pi(fields: dict[str, object]) -> bool:
    replacement = fields.get("replacement", "")
    return (fields.get("type") == "message" and not isinstance(fields.get("message"), dict)) or (
        fields.get("type") == "context_edit" and not (replacement is None or isinstance(replacement, dict))
    )


def _new_id(row: Row, taken: set[str | None]) -> str:
    # From place and content, so that the same file is always repaired in the same way.
    digest = hashlib.sha256(b"%d:%b" % (row.offset, row.raw)).hexdigest()
    size = next(size for size in range(8, len(digest) + 1) if digest[:size] not in taken)
    taken.add(digest[:size])
    return digest[:size]
