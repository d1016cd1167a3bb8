"""The header and the entries of a session file."""

from __future__ import annotations

from typing import Any

import msgspec

from pi_host.sessionfile._errors import SessionFileError
from pi_host.sessionfile._message import Message, Usage
from pi_host.sessionfile._values import parse_object

__all__ = ["Entry", "Header"]


class Header(msgspec.Struct, frozen=True, gc=False):
    """The first line of a session file.

    Attributes:
        id: the session's id.
        version: of the format; 1 if the file doesn't say.
        timestamp: when the session began (ISO 8601); empty if it isn't there.
        cwd: the working directory in which pi runs the tools.
        parent_session: path of the file that this session was forked from.
        line: number of the line, starting at 1.
        offset: where the line begins, in bytes.
        length: of the line, in bytes, without LF.
        raw: the line's bytes, without CR and LF.
    """

    id: str
    version: float
    timestamp: str
    cwd: str | None
    parent_session: str | None
    line: int
    offset: int
    length: int
    raw: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """All there is in the line, under pi's own keys; decoded anew each time."""
        return parse_object(self.raw)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a session file; its body is decoded when asked for.

    Entries of files in version 1 and 2 are as pi migrates them to version 3, except that the ids that version 1 lacks
    are derived from place and content, so that they are the same each time.

    Attributes:
        type: as ``"message"``; empty where there is none.
        id: ``None`` where there is none.
        parent_id: id of the entry it hangs from, ``None`` for a root.
        timestamp: when it was written (ISO 8601); empty where it isn't there.
        role: the message's role, for entries of type ``message``.
        target_id: the entry that a ``label`` or a ``context_edit`` is about, or the first one a ``compaction`` keeps.
        line: number of the line, starting at 1.
        offset: where the line begins, in bytes.
        length: of the line in the file, in bytes, without LF.
        raw: the line's bytes in version 3, without CR and LF; empty if the file was read without bodies.
    """

    type: str
    id: str | None
    parent_id: str | None
    timestamp: str
    role: str | None
    target_id: str | None
    line: int
    offset: int
    length: int
    raw: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """All there is in the entry, under pi's own keys; decoded anew each time.

        Raises:
            SessionFileError: the file was read without bodies.
        """
        if not self.raw:
            raise SessionFileError(f"entry {self.id!r} was read without its body; ask the session to load it")
        return parse_object(self.raw)

    @property
    def message(self) -> Message | None:
        """The message of an entry of type ``message``; decoded anew each time.

        Raises:
            SessionFileError: the file was read without bodies.
        """
        message = self.fields.get("message") if self.type == "message" else None
        return Message(message) if isinstance(message, dict) else None

    @property
    def usage(self) -> Usage | None:
        """What the entry says about tokens and cost: of an answer, a summary or a request outside the conversation.

        Raises:
            SessionFileError: the file was read without bodies.
        """
        message = self.message
        return message.usage if message is not None else Usage.of(self.fields.get("usage"))
