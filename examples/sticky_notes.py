"""``/note TEXT`` pins a note into the conversation, where you and the model see it, in a frame of its own.

Drawing is up to pi and cannot wait for another process, so the frame is a companion module: ``sticky_notes.js``.
Install both: ``cp sticky_notes.py ~/.pi/agent/python/`` and ``cp sticky_notes.js ~/.pi/agent/python/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host import command, companion

if TYPE_CHECKING:
    from pi_host import Context

frame = companion("sticky_notes.js")


@command
def note(args: str, ctx: Context) -> str | None:
    """Pin a note into the conversation."""
    if not args.strip():
        return "What shall the note say? /note TEXT"
    ctx.pi.send_message("sticky-note", args.strip())
    return None
