"""R10: the long description, as an index shows it."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from pi_devkit._commands import run
from pi_devkit.checks._metadata import metadata_of
from pi_devkit.checks._model import Outcome, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context

__all__ = ["readme"]


class _Links(HTMLParser):
    """Collects where a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses of a link or a picture."""
        self.found += [value or "" for name, value in attrs if name in {"href", "src"} and tag in {"a", "img"}]


def readme(context: Context) -> Outcome:
    """R10: it renders, and every link in it works from anywhere and for good."""
    text = metadata_of(context).description or ""
    found = []
    if text.lstrip().startswith("---\n"):
        found.append("README.md begins with front matter, which an index shows as text; take it out")
    artifacts = context.artifacts
    done = run([sys.executable, "-m", "twine", "--no-color", "check", "--strict", artifacts.sdist, artifacts.wheel])
    if not done.ok:
        found.append(f"twine: {' '.join(done.tail(4).split())}")
    return judge([*found, *_links(context, text)])


def _links(context: Context, text: str) -> Iterator[str]:
    from readme_renderer.markdown import render  # noqa: PLC0415  # of the extra `release`

    page = render(text)
    if page is None:
        yield "README.md can't be rendered"
        return
    links = _Links()
    links.feed(page)
    tag = f"{context.component.name}-v{context.version}"
    pinned = re.compile(rf"{re.escape(context.workspace.project.repository)}/(?:blob|tree|raw)/(?P<ref>[^/#]+)")
    for link in dict.fromkeys(links.found):
        if not re.match(r"(https?:|mailto:|#)", link):
            yield f"README.md points to {link!r}, which works in the repository only; write the whole address"
        elif (match := pinned.match(link)) and match["ref"] != tag:
            yield f"README.md points to {match['ref']!r} of the repository, which will change; point to {tag!r}"
