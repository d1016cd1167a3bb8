"""A terminal in memory: what a person would see of what pi writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KEYS", "Terminal", "key"]

#: What a terminal sends for keys that are no characters.
KEYS = {
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "down": "\x1b[B",
    "end": "\x1b[F",
    "enter": "\r",
    "escape": "\x1b",
    "home": "\x1b[H",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "right": "\x1b[C",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "tab": "\t",
    "up": "\x1b[A",
}

# Keyboard protocols and queries that pyte takes for other sequences or prints. Private modes (h and l) it knows.
_FOREIGN = re.compile(rb"\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b\[\?[0-?]*[ -/]*[@-gi-km-~]")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")


def key(name: str) -> bytes:
    """What a terminal sends for a key.

    Args:
        name: one of :data:`KEYS`, or ``ctrl+`` and a letter, or ``alt+`` and a character or another key.

    Returns:
        The bytes.

    Raises:
        ValueError: there is no such key.
    """
    if name in KEYS:
        return KEYS[name].encode()
    modifier, _, rest = name.partition("+")
    if modifier == "alt" and rest:
        return b"\x1b" + (rest.encode() if len(rest) == 1 else key(rest))
    if modifier == "ctrl" and len(rest) == 1 and rest.isascii() and rest.isalpha():
        return bytes([ord(rest.upper()) - ord("@")])
    raise ValueError(f"no such key: {name!r}; there are {', '.join(KEYS)}, ctrl+<letter> and alt+<key>")


class _Screen(pyte.Screen):
    """A screen that answers when it is asked what it is: pi waits for that before it reads keys."""

    def __init__(self, columns: int, rows: int, reply: Callable[[bytes], None]) -> None:
        super().__init__(columns, rows)
        self._reply = reply

    def write_process_input(self, data: str) -> None:
        self._reply(data.encode())


class Terminal:
    """A screen that is fed with bytes.

    Args:
        columns: its width.
        rows: its height.
        reply: is given the bytes with which the terminal answers queries.
    """

    def __init__(self, columns: int, rows: int, reply: Callable[[bytes], None]) -> None:
        self._screen = _Screen(columns, rows, reply)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""

    def feed(self, data: bytes) -> None:
        """Draw what was written; a sequence that is not finished yet waits for its rest.

        Args:
            data: the bytes.
        """
        data = self._held + data
        unfinished = _UNFINISHED.search(data)
        self._held = unfinished.group() if unfinished else b""
        self._stream.feed(_FOREIGN.sub(b"", data.removesuffix(self._held)))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size.

        Args:
            columns: new width.
            rows: new height.
        """
        self._screen.resize(rows, columns)

    def title(self) -> str:
        """The title of the window.

        Returns:
            What was set last.
        """
        return str(self._screen.title)

    def text(self) -> str:
        """What is on the screen.

        Returns:
            Its rows without spaces at their ends, joined by LF.
        """
        return "\n".join(line.rstrip() for line in self._screen.display)
