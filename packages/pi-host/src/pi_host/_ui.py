"""Dialogs, notices, status and widgets of pi's user interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_host._context import Context

__all__ = ["UI"]


class UI:
    """The user interface, as far as it can be used from outside pi's process.

    Dialogs wait for a person, with the deadline clock stopped; where nobody can answer (print and JSON mode) they
    return ``None`` or ``False`` at once, as in pi. The rest returns immediately and does nothing without a UI.
    """

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def confirm(self, title: str, message: str = "", *, timeout_ms: int | None = None) -> bool:
        """Ask a yes-or-no question; ``False`` also when dismissed or after ``timeout_ms``."""
        with self._ctx.waiting():
            return bool(await self._ctx.call("ui.confirm", title=title, message=message, timeout=timeout_ms))

    async def select(self, title: str, options: Sequence[str], *, timeout_ms: int | None = None) -> str | None:
        """Let the user choose one of ``options``; ``None`` when dismissed or after ``timeout_ms``."""
        with self._ctx.waiting():
            chosen: str | None = await self._ctx.call(
                "ui.select", title=title, options=list(options), timeout=timeout_ms
            )
        return chosen

    async def input(self, title: str, placeholder: str = "", *, timeout_ms: int | None = None) -> str | None:
        """Ask for one line of text; ``None`` when dismissed or after ``timeout_ms``."""
        with self._ctx.waiting():
            text: str | None = await self._ctx.call(
                "ui.input", title=title, placeholder=placeholder, timeout=timeout_ms
            )
        return text

    async def editor(self, title: str, prefill: str = "") -> str | None:
        """Ask for a text of several lines; ``None`` when dismissed."""
        with self._ctx.waiting():
            text: str | None = await self._ctx.call("ui.editor", title=title, prefill=prefill)
        return text

    def notify(self, message: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Show a notice."""
        self._ctx.post("ui.notify", message=message, level=level)

    def set_status(self, text: str | None, *, key: str | None = None) -> None:
        """Show ``text`` in the footer, or clear it with ``None``.

        Args:
            text: the line to show.
            key: names one of several lines of a plugin; the plugin's own name by default.
        """
        self._ctx.post("ui.setStatus", key=key or self._ctx.plugin, text=text)

    def set_widget(
        self,
        lines: Sequence[str] | None,
        *,
        key: str | None = None,
        placement: Literal["aboveEditor", "belowEditor"] = "aboveEditor",
    ) -> None:
        """Show ``lines`` beside the editor (the terminal shows ten at most), or take them away with ``None``."""
        shown = None if lines is None else list(lines)
        self._ctx.post("ui.setWidget", key=key or self._ctx.plugin, lines=shown, placement=placement)

    def set_title(self, title: str) -> None:
        """Set the terminal's title."""
        self._ctx.post("ui.setTitle", title=title)

    def set_editor_text(self, text: str) -> None:
        """Replace the text in the editor."""
        self._ctx.post("ui.setEditorText", text=text)

    async def editor_text(self) -> str:
        """Return the text in the editor; empty where there is none."""
        return str(await self._ctx.call("ui.getEditorText"))
