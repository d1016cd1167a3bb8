"""Text that strangers wrote, made safe to print: no control characters, no reversed writing, no hidden ones."""

from __future__ import annotations

__all__ = ["many_lines", "one_line"]


def one_line(text: str, limit: int = 400) -> str:
    r"""Return the start of ``text`` on one line.

    Runs of white space become one blank. What a terminal or a browser would act on, or not show, is written as an
    escape: ``\x1b``, ``\u202e``. Some emoji that are made of several characters are taken apart by that, too.

    Args:
        text: anything.
        limit: how many characters of the result are kept.
    """
    # An escape is never shorter than what it stands for, so four times the limit is enough to look at.
    line = _shown(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def many_lines(text: str, limit: int) -> str:
    """Return the first ``limit`` characters of ``text`` with its line breaks, otherwise as ``one_line`` does."""
    kept = "\n".join(_shown(line.expandtabs(4)) for line in text[:limit].replace("\r\n", "\n").split("\n"))
    return kept if len(text) <= limit else f"{kept}… ({len(text) - limit} more characters)"


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
