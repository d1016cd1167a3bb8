"""Text that strangers wrote, made safe to show: nothing in it moves a cursor, hides, or turns the writing around."""

from __future__ import annotations

__all__ = ["many_lines", "one_line"]


def one_line(text: str, limit: int = 400) -> str:
    r"""Return the beginning of ``text`` on one line, with escapes such as ``\x1b`` for what can't be seen.

    Args:
        text: anything.
        limit: so many characters of it are kept.
    """
    # An escape is never shorter than what it stands for, so four times the limit is enough to look at.
    line = _visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def many_lines(text: str) -> str:
    """Return ``text`` with its line breaks and tabs, and escapes for everything else that can't be seen."""
    return "\n".join("\t".join(map(_visible, line.split("\t"))) for line in text.replace("\r\n", "\n").split("\n"))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    # Emoji are put together with joiners, and other scripts have spaces of their own.
    if char in "\u200d\ufe0f\u00a0\u3000":
        return char
    return char.encode("unicode_escape").decode("ascii")
