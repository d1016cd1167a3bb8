"""What can go wrong with a session file, beside what the operating system says."""

from __future__ import annotations

from pi_host._errors import HandledError

__all__ = ["SessionFileError"]


class SessionFileError(HandledError):
    """A session file that can't be used as asked, or an entry that isn't in it."""
