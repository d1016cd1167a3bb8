"""One entry of a session as a part of a web page."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from pi_session_persistence.export._code import draw_code
from pi_session_persistence.export._html import clock
from pi_session_persistence.export._text import many_lines, one_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from pi_session_persistence.export._story import Block, Piece

__all__ = ["draw_article"]

#: Images that browsers show and that can't hold a script.
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def draw_article(piece: Piece, anchor: str, label: str) -> str:
    """Return an entry as HTML.

    Args:
        piece: what the entry says.
        anchor: the id by which links find it.
        label: its label, empty if it has none.
    """
    who = piece.who
    about = "".join(
        (
            f"<b>{who}</b>" if who else "",
            f"<span>{escape(one_line(piece.title))}</span>" if piece.title else "",
            f'<span class="model">{escape(one_line(piece.model, 80))}</span>' if piece.model else "",
            f'<mark class="label">{escape(one_line(label, 60))}</mark>' if label else "",
            _usage(piece),
            clock(piece.at),
            f'<a class="id" href="#{anchor}">{escape(one_line(piece.id, 40))}</a>' if piece.id else "",
        )
    )
    blocks = "".join(_block(block, piece) for block in piece.blocks)
    failed = " failed" if piece.failed else ""
    head = f'<article id="{anchor}" class="{piece.kind}{failed}" tabindex="-1"><div class="about">{about}</div>'
    return f"{head}{blocks}</article>\n"


def _block(block: Block, piece: Piece) -> str:
    if not block.text and block.kind != "call":
        return ""
    text = many_lines(block.text)
    match block.kind:
        case "image":
            drawn = _image(block)
        case "markdown":
            drawn = f'<div class="prose">{_markdown().render(text)}</div>'
        case "text" if piece.kind == "system":
            drawn = _folded("output", "prompt", text, one_line(text, 100), escape(text))
        case "text" | "error":
            drawn = f'<div class="words {block.kind}">{escape(text)}</div>'
        case "thinking":
            drawn = _folded("thinking", "thinking", text, "", escape(text))
        case "call":
            drawn = _folded("tools call", block.name, text, one_line(block.brief, 160), draw_code(text, block.language))
        case _:
            failed = " failed" if piece.failed else ""
            drawn = _folded("tools output", f"{block.name}{failed}", text, one_line(text, 160), escape(text))
    return drawn


def _image(block: Block) -> str:
    if block.name in _IMAGES and re.fullmatch(r"[A-Za-z0-9+/=\s]*", block.text):
        return f'<img alt="image" src="data:{block.name};base64,{block.text}">'
    return f'<div class="words">(image, {escape(one_line(block.name))})</div>'


def _folded(kind: str, title: str, text: str, brief: str, drawn: str) -> str:
    lines = text.rstrip("\n").count("\n") + 1
    size = f"{lines:,} lines" if lines > 1 else ""
    return (
        f'<details class="{kind}"><summary><b>{escape(one_line(title))}</b>'
        f"<code>{escape(brief)}</code><small>{size}</small></summary><pre>{drawn}</pre></details>"
    )


def _usage(piece: Piece) -> str:
    usage = piece.usage
    if usage is None or not (usage.total or usage.cost):
        return ""
    tokens = usage.input + usage.output + usage.cache_read + usage.cache_write
    words = f"{tokens:,} tokens" + (f" · ${usage.cost:,.3f}" if usage.cost else "")
    detail = (
        f"{usage.input:,} in, {usage.output:,} out, {usage.cache_read:,} from the cache, {usage.cache_write:,} into it"
    )
    return f'<small title="{detail}">{words}</small>'


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  # only pages need it

    # What the model writes as HTML is shown, not done; and an image would be fetched from where the model says.
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _highlighted}).enable(["table", "strikethrough"])
    markdown.disable("image").add_render_rule("link_open", _link_open)
    return markdown


def _highlighted(code: str, language: str, attributes: str) -> str:  # noqa: ARG001  # called so
    return draw_code(code, language)


def _link_open(renderer: object, tokens: list[Token], index: int, options: object, env: object) -> str:  # noqa: ARG001  # called so
    target = escape(str(tokens[index].attrs.get("href", "")))
    return f'<a href="{target}" rel="noreferrer noopener">'
