"""What all pages have in common: they are one file, load nothing, and run nothing but their own script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from pi_session_persistence.export._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["clock", "facts", "page", "when"]


def page(title: str, name: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a page, part by part.

    Args:
        title: its title, as plain text.
        name: of its style sheet and its script.
        body: its body, as HTML.
    """
    style, script = _file("theme.css") + _file(f"{name}.css"), _file(f"{name}.js")
    # Should a text of the session ever get through as markup, the browser still runs and loads nothing.
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">\n'
    yield f"<title>{escape(one_line(title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield from body
    yield f"\n<script>{script}</script>\n</body>\n</html>\n"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values."""
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(one_line(value))}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{"".join(rows)}</dl>'


def when(at: str) -> str:
    """Return an ISO 8601 time for a reader: day and minute."""
    return escape(one_line(at[:16].replace("T", " ")))


def clock(at: str) -> str:
    """Return a time as an element that tells the whole of it when pointed at."""
    return f'<time title="{escape(one_line(at, 40))}">{when(at)}</time>' if at else ""


def _file(name: str) -> str:
    return files("pi_session_persistence.export").joinpath("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
