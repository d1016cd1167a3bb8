"""The documents of a repository, with what each is about and when to read it.

A document may begin with front matter: ``summary``, one sentence, and ``read_when``, a list of occasions. What does not
say is described by its first paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Document", "documents"]

_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Document:
    """One document.

    Attributes:
        path: where it is, relative to the root.
        title: its first heading.
        summary: what it is about.
        read_when: when to read it.
    """

    path: str
    title: str
    summary: str
    read_when: tuple[str, ...]


def documents(root: Path, globs: Iterable[str] = ("docs/**/*.md", "packages/*/docs/**/*.md")) -> list[Document]:
    """List the documents.

    Args:
        root: the repository.
        globs: where they are, relative to the root.

    Raises:
        DevkitError: one can't be read, or its front matter can't.
    """
    paths = {path for glob in globs for path in root.glob(glob)}
    return [_document(root, path) for path in sorted(paths)]


def _document(root: Path, path: Path) -> Document:
    import frontmatter  # noqa: PLC0415  # of the extra `release`
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415  # frontmatter reads with it, and lets its errors out

    name = path.relative_to(root).as_posix()
    try:
        head, text = frontmatter.parse(read_text(path))
    except yaml.YAMLError as error:
        raise DevkitError(f"{name}: its front matter can't be read: {' '.join(str(error).split())}") from error
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), name)
    read_when = head.get("read_when", [])
    if isinstance(read_when, str):
        read_when = [read_when]
    if not isinstance(read_when, list):
        raise DevkitError(f"{name}: `read_when` is {read_when!r}; write a list of occasions")
    return Document(name, title, str(head.get("summary") or _first(text)), tuple(map(str, read_when)))


def _first(text: str) -> str:
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    plain = next((part for part in paragraphs if part and not part.startswith(("#", "```", "|", "<", "!", "- "))), "")
    sentence = re.split(r"(?<=[.!?])\s", _LINK.sub(r"\1", plain), maxsplit=1)[0]
    return sentence.replace("**", "").replace("`", "")
