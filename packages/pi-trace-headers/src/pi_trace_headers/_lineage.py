"""Which session another one was forked from, and when a session began: what the first line of its file says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from pi_host import Context

__all__ = ["began", "instant", "parent_session", "session_id_in"]

_NS_PER_MS: Final = 1_000_000
_HEADER_BYTES: Final = 1 << 20  # pi itself looks no further for the first line


class _Header(msgspec.Struct):
    id: str
    type: str
    parent: str | None = msgspec.field(default=None, name="parentSession")
    timestamp: str = ""


def parent_session(event: Any, ctx: Context) -> str | None:
    """Return pi's id of the session that this one was forked from, or ``None``.

    Args:
        event: ``session_start``; right after a fork it is what knows, for pi may not have written the file yet.
        ctx: pi at this moment.
    """
    if event.reason == "fork" and event.previous_session_file:
        return session_id_in(event.previous_session_file)
    header = _header(ctx.session.file) if ctx.session.file else None
    return session_id_in(header.parent) if header is not None and header.parent else None


def session_id_in(file: str) -> str | None:
    """Return the id in the first line of a session file; ``None`` if there is no such file or line."""
    header = _header(file)
    return header.id if header is not None else None


def began(file: str | None) -> int | None:
    """Return when the session in ``file`` began, nanoseconds since 1970; ``None`` if there is no such file yet."""
    header = _header(file) if file else None
    return instant(header.timestamp) if header is not None else None


def instant(timestamp: str) -> int | None:
    """Return a moment as pi writes it in nanoseconds since 1970; ``None`` if it is none."""
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000) * _NS_PER_MS if moment.tzinfo is not None else None


def _header(file: str) -> _Header | None:
    try:
        with Path(file).open("rb") as stream:
            header = msgspec.json.decode(stream.readline(_HEADER_BYTES), type=_Header)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return header if header.type == "session" else None
