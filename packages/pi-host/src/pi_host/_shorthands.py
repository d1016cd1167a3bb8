"""Short ways to write the answers that plugins give most."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Block", "Cancel", "Handled", "Shorthand", "Transform"]


class Shorthand(msgspec.Struct, frozen=True):
    """Stands for an answer."""

    def spell_out(self) -> dict[str, Any]:
        """Return the answer under pi's own keys."""
        raise NotImplementedError  # every shorthand below says what it stands for


class Block(Shorthand, frozen=True):
    """``tool_call``: the tool does not run; the model is told why.

    Attributes:
        reason: what the model reads in place of the tool's output.
        terminate: hint to end the run after this batch of tool calls (since pi 0.87).
    """

    reason: str = "blocked by a plugin"
    terminate: bool = False

    def spell_out(self) -> dict[str, Any]:
        """Return the answer under pi's own keys."""
        answer: dict[str, Any] = {"block": True, "reason": self.reason}
        return {**answer, "terminate": True} if self.terminate else answer


class Cancel(Shorthand, frozen=True):
    """``session_before_*``: what was about to happen to the session does not happen."""

    def spell_out(self) -> dict[str, Any]:
        """Return the answer under pi's own keys."""
        return {"cancel": True}


class Transform(Shorthand, frozen=True):
    """``input``: the prompt goes on with another text.

    Attributes:
        text: the new text.
        images: pi's image blocks in place of those attached, ``None`` to keep them.
    """

    text: str
    images: list[dict[str, Any]] | None = None

    def spell_out(self) -> dict[str, Any]:
        """Return the answer under pi's own keys."""
        answer: dict[str, Any] = {"action": "transform", "text": self.text}
        return answer if self.images is None else {**answer, "images": self.images}


class Handled(Shorthand, frozen=True):
    """``input``: the prompt is dealt with; pi does nothing more with it."""

    def spell_out(self) -> dict[str, Any]:
        """Return the answer under pi's own keys."""
        return {"action": "handled"}
