"""A session as a web page in one file: what was said, with all branches, and the tree of the prompts beside it."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from pi_session_persistence.export._branches import Close, Open, walk
from pi_session_persistence.export._html import clock, facts, page
from pi_session_persistence.export._text import many_lines, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.export._about import About
    from pi_session_persistence.export._story import Block, Piece, Teller

__all__ = ["draw_session"]

#: Images that browsers show and that can't hold a script.
_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_WHO: Final = {
    "user": "you",
    "assistant": "pi",
    "tool": "tool",
    "bash": "by hand",
    "custom": "added",
    "summary": "summary",
    "system": "system",
    "note": "",
}

_BAR: Final = (
    '<div class="bar"><input id="find" type="search" placeholder="find  ( / )" aria-label="find">'
    '<output id="count"></output><button data-fold="tools" title="t">tools</button>'
    '<button data-fold="thinking" title="h">thinking</button><button data-fold="branches" title="b">branches</button>'
    '<button id="theme" title="d">day / night</button></div>'
)

_KEYS: Final = (
    '<p class="keys"><kbd>j</kbd> <kbd>k</kbd> next and last entry · <kbd>n</kbd> <kbd>p</kbd> next and last prompt · '
    "<kbd>/</kbd> find · <kbd>t</kbd> tools · <kbd>h</kbd> thinking · <kbd>b</kbd> branches · "
    "<kbd>d</kbd> day / night</p>"
)


def draw_session(session: Session, about: About, teller: Teller) -> Iterator[str]:
    """Yield a page about a session that was read with bodies, part by part."""
    yield from page(about.title, "session", _body(session, about, teller))


def _body(session: Session, about: About, teller: Teller) -> Iterator[str]:
    numbers = {id(entry): number for number, entry in enumerate(session.entries)}
    told = {id(entry): teller.tell(entry) for entry in session.entries}
    yield f'<header><h1>{escape(one_line(about.title))}</h1>{facts(about.facts)}</header>\n{_BAR}\n<div class="frame">'
    yield '<nav id="tree" aria-label="prompts"><ul>\n'
    yield from _tree(walk(session), told, numbers)
    yield "</ul></nav>\n<main>\n"
    labels = session.labels
    for step in walk(session):
        if isinstance(step, Open):
            first = one_line(_summary(told[id(step.first)]), 80)
            yield (
                f'<details class="branch"><summary>another branch · {_count(step.entries)}'
                f"<span>{escape(first)}</span></summary>\n"
            )
        elif isinstance(step, Close):
            yield "</details>\n"
        else:
            yield _article(told[id(step)], numbers[id(step)], teller.clean(labels.get(step.id or "", "")))
    yield f"</main></div>\n{_KEYS}"


def _tree(steps: Iterator[Entry | Open | Close], told: dict[int, Piece], numbers: dict[int, int]) -> list[str]:
    """Return the items of the tree: prompts and summaries, and the branches that have some."""
    items: list[str] = []
    for step in steps:
        if isinstance(step, Open):
            items.append(f'<li class="branch"><details open><summary>branch · {_count(step.entries)}</summary><ul>\n')
        elif isinstance(step, Close):
            if items[-1].endswith("<ul>\n"):
                items.pop()
            else:
                items.append("</ul></details></li>\n")
        elif (piece := told[id(step)]).kind in ("user", "summary"):
            words = escape(one_line(_summary(piece), 100)) or "(no words)"
            items.append(f'<li class="{piece.kind}"><a href="#e{numbers[id(step)]}">{words}</a></li>\n')
    return items


def _article(piece: Piece, number: int, label: str) -> str:
    who = _WHO[piece.kind]
    mark = f'<mark class="label">{escape(one_line(label, 60))}</mark>' if label else ""
    failed = " failed" if piece.failed else ""
    about = "".join(
        (
            f"<b>{who}</b>" if who else "",
            f"<span>{escape(one_line(piece.title))}</span>" if piece.title else "",
            f'<span class="model">{escape(one_line(piece.model, 80))}</span>' if piece.model else "",
            mark,
            _usage(piece),
            clock(piece.at),
            f'<a class="id" href="#e{number}">{escape(one_line(piece.id, 40))}</a>' if piece.id else "",
        )
    )
    blocks = "".join(_block(block, piece) for block in piece.blocks)
    head = f'<article id="e{number}" class="{piece.kind}{failed}" tabindex="-1"><div class="about">{about}</div>'
    return f"{head}{blocks}</article>\n"


def _block(block: Block, piece: Piece) -> str:
    if not block.text:
        return ""
    match block.kind:
        case "markdown":
            return f'<div class="prose">{_markdown().render(many_lines(block.text))}</div>'
        case "text":
            return f'<div class="words">{escape(many_lines(block.text))}</div>'
        case "image":
            return _image(block)
        case "thinking":
            return _folded("thinking", "thinking", block.text)
    kind = "call" if block.kind == "call" else "output"
    failed = " failed" if piece.failed and kind == "output" else ""
    return _folded(f"tools {kind}", f"{block.name}{failed}", block.text)


def _image(block: Block) -> str:
    if block.name in _IMAGES and re.fullmatch(r"[A-Za-z0-9+/=\s]*", block.text):
        return f'<img alt="image" src="data:{block.name};base64,{block.text}">'
    return f'<div class="words">(image, {escape(one_line(block.name))})</div>'


def _folded(kind: str, title: str, text: str) -> str:
    lines = text.count("\n") + 1 if text else 0
    first = one_line(text, 100) if kind != "thinking" else ""
    size = f"{lines:,} lines" if lines > 1 else ""
    return (
        f'<details class="{kind}"><summary><b>{escape(one_line(title))}</b>'
        f"<code>{escape(first)}</code><small>{size}</small></summary><pre>{escape(many_lines(text))}</pre></details>"
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


def _summary(piece: Piece) -> str:
    words = next(
        (block.text for block in piece.blocks if block.kind in ("text", "markdown") and block.text.strip()), ""
    )
    return words or piece.title or _WHO[piece.kind]


def _count(entries: int) -> str:
    return f"{entries:,} {'entry' if entries == 1 else 'entries'}"


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  # only pages need it

    # What the model writes as HTML is shown, not done; and an image would be fetched from where the model says.
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    markdown.add_render_rule("link_open", _link_open)
    return markdown


def _link_open(renderer: object, tokens: list[Token], index: int, options: object, env: object) -> str:  # noqa: ARG001  # called so
    target = escape(str(tokens[index].attrs.get("href", "")))
    return f'<a href="{target}" rel="noreferrer noopener">'
