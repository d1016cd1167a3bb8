"""One branch of a session as Markdown."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from pi_session_persistence.export._text import many_lines, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pi_session_persistence.export._about import About
    from pi_session_persistence.export._story import Block, Piece

__all__ = ["draw_markdown"]

_TITLES: Final = {
    "user": "Prompt",
    "assistant": "Answer",
    "bash": "Command by hand",
    "custom": "Added",
    "summary": "Summary",
}

#: Pieces that go on from the one before, without a title of their own.
_CONTINUES: Final = ("tool", "system", "note")


def draw_markdown(about: About, pieces: Iterable[Piece]) -> Iterator[str]:
    """Yield a Markdown document, part by part. Tools and thinking are folded, where the reader's program can fold."""
    yield f"# {_inline(about.title)}\n\n"
    yield "".join(f"- **{name}**: {_inline(value)}\n" for name, value in about.facts)
    for piece in pieces:
        if piece.kind not in _CONTINUES:
            yield f"\n## {_heading(piece)}\n"
        elif piece.kind == "note":
            yield f"\n*{_inline(piece.title)}*\n"
        for block in piece.blocks:
            yield f"\n{_block(block, piece)}\n"


def _heading(piece: Piece) -> str:
    words = [_TITLES[piece.kind], piece.title, piece.model, piece.at[:16].replace("T", " ")]
    return " · ".join(_inline(word) for word in words if word)


def _block(block: Block, piece: Piece) -> str:
    match block.kind:
        case "text" if piece.kind == "system":
            drawn = _folded("system prompt", block.text, "")
        case "text" | "markdown":
            drawn = many_lines(block.text)
        case "image":
            drawn = f"![image](data:{_inline(block.name)};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', block.text)})"
        case "thinking":
            drawn = _folded("thinking", block.text, "")
        case "call":
            drawn = _folded(f"{block.name}: {block.brief}", block.text, block.language)
        case "error":
            drawn = f"**failed:** {_inline(block.text)}"
        case _:
            drawn = _folded(f"{'failure' if piece.failed else 'output'} of {block.name}".rstrip(), block.text, "")
    return drawn


def _folded(title: str, text: str, language: str) -> str:
    lines = many_lines(text)
    longest = max((len(found) for found in re.findall("`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    summary = escape(one_line(title, 120))
    return f"<details><summary>{summary}</summary>\n\n{fence}{language}\n{lines}\n{fence}\n\n</details>"


def _inline(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", one_line(text))
