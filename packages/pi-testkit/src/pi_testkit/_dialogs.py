"""pi's dialogs over RPC."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["DIALOGS", "Reply", "response"]

#: The methods of ``extension_ui_request`` that wait for an answer.
DIALOGS = frozenset({"select", "confirm", "input", "editor"})

#: A text, a yes or no, or ``None`` to dismiss the dialog.
Reply: TypeAlias = str | bool | None


def response(request: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """The record that answers a dialog.

    Args:
        request: the dialog's record.
        reply: what the person answers.

    Returns:
        The record.

    Raises:
        TypeError: a ``confirm`` was answered with a text, or another dialog with a bool.
    """
    record: dict[str, Any] = {"type": "extension_ui_response", "id": request["id"]}
    method = request["method"]
    if reply is None:
        return record | {"cancelled": True}
    if isinstance(reply, bool) != (method == "confirm"):
        raise TypeError(f"a {method!r} dialog cannot be answered with {reply!r}")
    return record | ({"confirmed": reply} if method == "confirm" else {"value": reply})
