"""A picture of a session: turns, files, errors, loops."""

from __future__ import annotations

from pi_autonomous_session_control.timeline._html import page
from pi_autonomous_session_control.timeline._model import Picture, picture
from pi_autonomous_session_control.timeline._terminal import drawn

__all__ = ["Picture", "drawn", "page", "picture"]
