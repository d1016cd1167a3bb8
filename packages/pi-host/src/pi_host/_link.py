"""What a plugin's calls need of the other end, whether that is real pi or an in-memory one."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["Link"]


class Link(Protocol):
    """Carries a plugin's calls to pi."""

    async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
        """Ask pi to do ``method`` and return its answer as JSON data.

        Args:
            method: name of the call, such as ``"ui.confirm"``.
            params: its arguments as JSON data.
            generation: the session that the caller belongs to.
            request: id of the event, tool or command in whose course the call is made; 0 outside of any.

        Raises:
            CallRefusedError: pi refused the call or it failed there.
            StaleSessionError: the session has been replaced.
            HostGoneError: pi is gone.
        """
        ...

    def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
        """Tell pi to do ``method`` without waiting for it; may be called from any thread."""
        ...
