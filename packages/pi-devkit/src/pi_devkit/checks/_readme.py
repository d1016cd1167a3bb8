"""R10: the long description, as an index shows it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pi_devkit._commands import run_tool
from pi_devkit.checks._metadata import metadata_of
from pi_devkit.checks._model import Outcome, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context

__all__ = ["readme"]


#: What is put before the id of every heading, and before every link to one.
_PREFIX: Final = "user-content-"


class _Links(HTMLParser):
    """Collects where a page points to, and what in it can be pointed to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses of a link or a picture, and the id of anything."""
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        self.found += [value or "" for name, value in attrs if name in {"href", "src"} and tag in {"a", "img"}]


def readme(context: Context) -> Outcome:
    """R10: it renders, and every link in it works from anywhere and for good."""
    text = metadata_of(context).description or ""
    found = []
    if text.lstrip().startswith("---\n"):
        found.append("README.md begins with front matter, which an index shows as text; take it out")
    artifacts = context.artifacts
    done = run_tool("twine", "--no-color", "check", "--strict", artifacts.sdist, artifacts.wheel)
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
    tag, pinned = f"{context.component.name}-v{context.version}", _pinned(context.workspace.project.repository)
    for link in dict.fromkeys(links.found):
        if link.startswith("#"):
            if link not in {"#", "#top"} and unquote(link[1:]) not in links.ids:
                there = f"#{link[1:].removeprefix(_PREFIX)}"
                yield f"README.md points to {there!r}, and no heading in it has that name; write one that there is"
        elif not re.match(r"https?:|mailto:", link):
            yield f"README.md points to {link!r}, which works in the repository only; write the whole address"
        elif match := pinned.match(link):
            if match["ref"] != tag:
                yield f"README.md points to {match['ref']!r} of the repository, which will change; point to {tag!r}"
            elif not _there(context, unquote(match["path"])):
                yield f"README.md points to {link!r}, and the repository has no such file; write one that there is"


def _pinned(repository: str) -> re.Pattern[str]:
    # A host may have a second address for the plain files.
    place = repository.partition("://")[2]
    forms = rf"(?:www\.)?{re.escape(place)}/(?:blob|tree|raw)"
    if place.startswith("github.com/"):
        forms += f"|{re.escape(place.replace('github.com', 'raw.githubusercontent.com', 1))}"
    return re.compile(rf"https?://(?i:{forms})/(?:refs/(?:tags|heads)/)?(?P<ref>[^/?#]+)/?(?P<path>[^?#]*)")


def _there(context: Context, path: str) -> bool:
    name = path.rstrip("/")
    if not name:
        return True
    said = context.workspace.git("ls-files", "-co", "--exclude-standard", "--", f":(top,literal){name}")
    return bool(said.out) and (context.workspace.root / name).exists()
