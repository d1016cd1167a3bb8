"""What the catalogue tells about sessions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import msgspec

__all__ = ["Hit", "Kept", "Row", "Said"]


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One session.

    Attributes:
        path: of the session file; names of files need not be text.
        session_id: pi's id of the session, ``None`` if the file has no header.
        name: the session's name, if it has one.
        cwd: the working directory in which pi runs the tools.
        parent: the session file that this one was forked from.
        first: the first prompt, shortened.
        version: of the file format, 0 without a header.
        created: when the session began, in ms since 1970.
        modified: when it last said something, in ms since 1970.
        entries: how many entries there are.
        prompts: how many prompts.
        answers: how many answers of a model.
        branches: how many branches.
        leaf: id of the entry that the next one will hang from.
        provider: of the model in use.
        model: the model in use.
        tokens: that the session took, without those of entries that were copied from its parent.
        cost: in US dollars, likewise.
        failures: how many answers and tools failed.
        damage: codes of what is wrong with the file.
        size: of the file, in bytes.
    """

    path: bytes
    session_id: str | None
    name: str | None
    cwd: str | None
    parent: str | None
    first: str | None
    version: float
    created: int | None
    modified: int
    entries: int
    prompts: int
    answers: int
    branches: int
    leaf: str | None
    provider: str
    model: str
    tokens: int
    cost: float
    failures: int
    damage: tuple[str, ...]
    size: int

    @property
    def file(self) -> Path:
        """The session file."""
        return Path(os.fsdecode(self.path))


class Hit(msgspec.Struct, frozen=True):
    """An entry in which the words of a search are.

    Attributes:
        session: its session.
        entry: its id.
        line: number of its line in the file, starting at 1.
        kind: ``user``, ``assistant``, ``tool``, ``bash``, ``custom``, ``summary``, ``name`` or ``label``.
        tool: the tool that a result is from.
        at: when it was written, in ms since 1970.
        active: whether it is on the branch that the session goes on with.
        excerpt: the words with those around them, on one line.
        marks: where the words are in the excerpt, as pairs of start and end.
    """

    session: Row
    entry: str | None
    line: int
    kind: str
    tool: str | None
    at: int | None
    active: bool
    excerpt: str
    marks: tuple[tuple[int, int], ...]


class Said(msgspec.Struct, frozen=True):
    """An entry, with what it says.

    Attributes:
        number: of the entry in the catalogue; what was found later has a higher one.
        session: its session.
        entry: its id.
        kind: as of a `Hit`.
        tool: the tool that a result is from.
        at: when it was written, in ms since 1970.
        failed: whether it tells of a failure.
        text: the words that a search looks at.
    """

    number: int
    session: Row
    entry: str | None
    kind: str
    tool: str | None
    at: int | None
    failed: bool
    text: str


class Kept(NamedTuple):
    """What became of the part of a file that the catalogue has read.

    Attributes:
        known: how many bytes that is.
        size: of the file now, in bytes.
        same: whether the file begins with those bytes, as far as a CRC-32 can tell.
    """

    known: int
    size: int
    same: bool
