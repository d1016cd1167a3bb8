"""A session as a web page in one file: what was said, with all branches, and the tree of the prompts beside it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from pi_session_persistence.export._article import draw_article
from pi_session_persistence.export._branches import Close, Open, walk
from pi_session_persistence.export._html import facts, page
from pi_session_persistence.export._text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.export._about import About
    from pi_session_persistence.export._story import Piece, Teller

__all__ = ["draw_session"]

_BAR: Final = (
    '<div class="bar"><input id="page.find" type="search" placeholder="find  ( / )" aria-label="find">'
    '<output id="page.count"></output><button data-fold="tools" title="t">tools</button>'
    '<button data-fold="thinking" title="h">thinking</button><button data-fold="branches" title="b">branches</button>'
    '<button id="page.theme" title="d">day / night</button></div>'
)

_KEYS: Final = (
    '<p class="keys"><kbd>j</kbd> <kbd>k</kbd> next and last entry · <kbd>n</kbd> <kbd>p</kbd> next and last prompt · '
    "<kbd>/</kbd> find · <kbd>t</kbd> tools · <kbd>h</kbd> thinking · <kbd>b</kbd> branches · "
    "<kbd>d</kbd> day / night · an entry's id at the end of the address leads to it</p>"
)

#: So far down a branch it is looked for words.
_FAR: Final = 20


def draw_session(session: Session, about: About, teller: Teller, drawn: Callable[[], None]) -> Iterator[str]:
    """Yield a page about a session that was read with bodies, part by part.

    Args:
        session: the session.
        about: what stands above it.
        teller: tells its entries.
        drawn: called after each entry.
    """
    yield from page(about.title, "session", _Page(session, about, teller).body(drawn))


class _Page:
    def __init__(self, session: Session, about: About, teller: Teller) -> None:
        self._session = session
        self._about = about
        self._anchors = _anchors(session)
        self._teller = teller
        # What was told for the tree and not yet drawn; each entry is told once, so that each secret is counted once.
        self._told: dict[int, Piece] = {}
        self._labels = {target: teller.clean(label) for target, label in session.labels.items()}

    def body(self, drawn: Callable[[], None]) -> Iterator[str]:
        title, values = self._about
        yield f'<header><h1>{escape(one_line(title))}</h1>{facts(values)}</header>\n{_BAR}\n<div class="frame">'
        yield '<nav class="tree" aria-label="prompts"><ul>\n'
        yield from self._tree()
        yield "</ul></nav>\n<main>\n"
        for step in walk(self._session):
            if isinstance(step, Open):
                yield (
                    f'<details class="branch"><summary>another branch · {_count(step.entries)}'
                    f"<span>{escape(one_line(self._headline(step.first), 80))}</span></summary>\n"
                )
            elif isinstance(step, Close):
                yield "</details>\n"
            else:
                label = self._labels.get(step.id or "", "")
                yield draw_article(self._piece(step), self._anchors[id(step)], label)
                self._told.pop(id(step))
                drawn()
        yield f"</main></div>\n{_KEYS}"

    def _tree(self) -> list[str]:
        """Return the items of the tree: prompts, summaries and what has a label, and the branches that have some."""
        items: list[str] = []
        for step in walk(self._session):
            if isinstance(step, Open):
                count = _count(step.entries)
                items.append(f'<li class="branch"><details open><summary>branch · {count}</summary><ul>\n')
            elif not isinstance(step, Close):
                items += self._item(step)
            elif items[-1].endswith("<ul>\n"):
                items.pop()
            else:
                items.append("</ul></details></li>\n")
        leaf = self._session.leaf
        if leaf is not None:
            items.append(f'<li class="leaf"><a href="#{self._anchors[id(leaf)]}">the end, where pi goes on</a></li>\n')
        return items

    def _item(self, entry: Entry) -> list[str]:
        label = self._labels.get(entry.id or "", "")
        if entry.role != "user" and entry.type not in ("compaction", "branch_summary") and not label:
            return []
        piece = self._piece(entry)
        words = escape(one_line(_summary(piece), 100)) or "(no words)"
        mark = f'<mark class="label">{escape(one_line(label, 40))}</mark> ' if label else ""
        return [f'<li class="{piece.kind}"><a href="#{self._anchors[id(entry)]}">{mark}{words}</a></li>\n']

    def _headline(self, first: Entry) -> str:
        """Return the first words of a branch, which may begin with a change of the model or a label."""
        entry = first
        for _ in range(_FAR):
            if self._piece(entry).blocks or not (children := self._session.children(entry)):
                break
            entry = children[-1]
        return _summary(self._piece(entry))

    def _piece(self, entry: Entry) -> Piece:
        if id(entry) not in self._told:
            self._told[id(entry)] = self._teller.tell(entry)
        return self._told[id(entry)]


def _anchors(session: Session) -> dict[int, str]:
    """Return by what each entry is found in the page: its id, where that is a simple one, else its number."""
    simple = re.compile(r"[A-Za-z0-9_-]{1,64}")
    return {
        id(entry): entry.id if entry.id is not None and simple.fullmatch(entry.id) else f"entry.{number}"
        for number, entry in enumerate(session.entries)
    }


def _summary(piece: Piece) -> str:
    words = next(
        (block.text for block in piece.blocks if block.kind in ("text", "markdown") and block.text.strip()), ""
    )
    if piece.kind == "summary":
        words = f"{piece.title}: {words.lstrip('# ')}"
    return words or piece.title or piece.who


def _count(entries: int) -> str:
    return f"{entries:,} {'entry' if entries == 1 else 'entries'}"
