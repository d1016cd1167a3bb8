"""The trust list: a person a line, sorted; a leading minus denounces, what follows the name is the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["Entry", "Standing", "TrustList", "VouchError", "check_handle"]

Standing = Literal["vouched", "denounced", "unknown"]

#: What the forge takes for the name of an account.
_HANDLE: Final = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,38}", re.IGNORECASE)
_LINE: Final = re.compile(r"(?P<minus>-?)(?:(?P<platform>[a-z]+):)?(?P<handle>\S+)(?:\s+(?P<reason>.*))?")
_PLATFORM: Final = "github"


class VouchError(ValueError):
    """The list, or an order about it, is not right; the message is one line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list.

    Attributes:
        handle: name of the account, in lower case.
        denounced: whether contributions are refused.
        reason: why; may be empty.
    """

    handle: str
    denounced: bool = False
    reason: str = ""

    def line(self) -> str:
        """The entry as it stands in the file."""
        return f"{'-' if self.denounced else ''}{self.handle} {self.reason}".rstrip()


@dataclass(slots=True)
class TrustList:
    """The whole list.

    Attributes:
        head: its comments and empty lines, which come first.
        entries: its entries by handle.
    """

    head: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> TrustList:
        """Read the text of the file.

        Raises:
            VouchError: a line is not right; the message has its number.
        """
        found = cls()
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.strip()
            if not line or line.startswith("#"):
                found.head.append(line)
                continue
            entry = _entry(line, number)
            if entry.handle in found.entries:
                raise VouchError(f"line {number}: {entry.handle!r} is there twice; keep one of them")
            found.entries[entry.handle] = entry
        return found

    def standing(self, handle: str) -> Standing:
        """How somebody stands.

        Args:
            handle: name of the account, in any case.
        """
        entry = self.entries.get(handle.lower())
        if entry is None:
            return "unknown"
        return "denounced" if entry.denounced else "vouched"

    def put(self, entry: Entry) -> None:
        """Add an entry, in place of the one of that name."""
        self.entries[entry.handle] = entry

    def drop(self, handle: str) -> None:
        """Take an entry out.

        Raises:
            VouchError: there is none.
        """
        if self.entries.pop(handle.lower(), None) is None:
            raise VouchError(f"{handle!r} is not in the list, so there is nothing to take out")

    def text(self) -> str:
        """The text of the file: comments, then the entries by handle."""
        rows = [self.entries[handle].line() for handle in sorted(self.entries)]
        return "\n".join([*self.head, *rows]).strip("\n") + "\n"


def check_handle(handle: str) -> str:
    """Return the name of an account in lower case.

    Raises:
        VouchError: it can't be one.
    """
    if not _HANDLE.fullmatch(handle):
        raise VouchError(f"{handle!r} can't be the name of an account: letters, digits and single hyphens, 39 at most")
    return handle.lower()


def _entry(line: str, number: int) -> Entry:
    match = _LINE.fullmatch(line)
    if match is None or match["platform"] not in {None, _PLATFORM}:
        raise VouchError(f"line {number}: {line!r} is no entry; write a handle, a minus before it to denounce")
    try:
        handle = check_handle(match["handle"])
    except VouchError as error:
        raise VouchError(f"line {number}: {error}") from error
    return Entry(handle, match["minus"] == "-", (match["reason"] or "").strip())
