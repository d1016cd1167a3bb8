"""The lines of a file as header, entries and oddities, the way pi 1.5.2 reads them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pi_host.sessionfile._damage import diagnose
from pi_host.sessionfile._entry import Entry, Header
from pi_host.sessionfile._lines import lines, lines_of
from pi_host.sessionfile._oddity import Oddity, shown
from pi_host.sessionfile._plain import entry_of, header_of, plain_entry, shortcomings
from pi_host.sessionfile._upgrade import CURRENT, Upgrade
from pi_host.sessionfile._values import TooDeepError, is_blank, is_json, is_utf8, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pi_host.sessionfile._lines import Line
    from pi_host.sessionfile._oddity import Code

__all__ = ["Item", "Scanner", "scan"]

#: What a line can be.
Item: TypeAlias = Header | Entry | Oddity

_BOM: Final = b"\xef\xbb\xbf"

#: A header is looked for in so many bytes: those that nearly all are in, then those that pi looks through.
_WITHIN: Final = (1 << 12, 1 << 20)


class Scanner:
    """Reads the lines of one file, in order.

    Attributes:
        header: the header, once it has been read.
    """

    def __init__(self, *, bodies: bool = True) -> None:
        self.header: Header | None = None
        self._keeps_bodies = bodies
        self._upgrade: Upgrade | None = None
        self._empty = True
        self._begun = False
        self._headers = 0

    def read(self, lines: Iterable[Line]) -> Iterator[Item]:
        """Yield what is in the next lines."""
        for line in lines:
            self._empty = False
            raw = line.raw if self._upgrade is None else self._upgrade.entry(line.raw)
            entry = plain_entry(line, raw, bodies=self._keeps_bodies) if self._begun else None
            if entry is None:
                yield from self._look_closely(line, raw)
            else:
                yield entry
            if not line.ended:
                yield _odd("no-final-lf", line, "the file does not end with LF")

    def finish(self) -> Iterator[Oddity]:
        """Yield what can be said only at the end of the file."""
        if self._empty:
            yield Oddity("empty", 1, 0, 0, "the file is empty")
        elif not self._headers:
            yield Oddity("no-header", 1, 0, 0, "no line of the file is a session header")

    def _look_closely(self, line: Line, raw: bytes) -> Iterator[Item]:
        if line.offset == 0 and raw.startswith(_BOM):
            yield Oddity("bom", 1, 0, len(_BOM), "the file begins with a byte order mark, so its first line is no JSON")
            if is_json(raw.removeprefix(_BOM)):
                return
        if is_blank(raw):
            return
        try:
            value = parse(raw)
        except TooDeepError as error:
            yield _odd("too-deep", line, str(error))
            return
        except ValueError as error:
            yield diagnose(line, str(error))
            return
        if not is_utf8(raw):
            yield _odd("invalid-utf8", line, "bytes that are not UTF-8 and are read as U+FFFD")
        if not value and not isinstance(value, (dict, list)):
            yield _odd("ignored-value", line, f"{value!r} in place of an entry, which pi passes over")
        elif isinstance(value, dict) and value.get("type") == "session":
            yield self._read_header(line, value)
        else:
            yield from self._read_entry(line, raw, value)

    def _read_header(self, line: Line, value: dict[str, Any]) -> Item:
        first, self._begun = not self._begun, True
        self._headers += 1
        if self._upgrade is not None:
            self._upgrade.skip()
        if self.header is not None:
            return _odd(
                "second-header", line, f"another header, of session {shown(value.get('id'))}; the first one holds"
            )
        if not first:
            return _odd(
                "late-header", line, f"the header of session {shown(value.get('id'))}, but it is not the first entry"
            )
        header = header_of(line, value)
        if header is None:
            return _odd("bad-header", line, f"a header whose id is {shown(value.get('id'))} and not a string")
        self.header = header
        if header.version < CURRENT:
            self._upgrade = Upgrade(header.version)
            # What such an entry is in version 3 can't be told from its bytes in the file.
            self._keeps_bodies = True
        return header

    def _read_entry(self, line: Line, raw: bytes, value: object) -> Iterator[Item]:
        self._begun = True
        if isinstance(value, dict):
            yield from (_odd(code, line, message) for code, message in shortcomings(value))
        else:
            yield _odd("non-object", line, f"{type(value).__name__} in place of an entry, which pi takes for one")
            if self._upgrade is not None:
                self._upgrade.skip()
        yield entry_of(line, raw if self._keeps_bodies else b"", value if isinstance(value, dict) else {})


def scan(source: Path | bytes, *, bodies: bool = True) -> Iterator[Item]:
    """Read a session file in constant memory: yield its header, entries and oddities as they come.

    Oddities that concern several entries (``duplicate-id``, ``orphan``, ...) need the whole tree and are only in
    ``Session.oddities``.

    Args:
        source: the file, or the bytes of one.
        bodies: whether the entries have their bytes; files of version 1 and 2 always do.

    Raises:
        OSError: the file can't be read. Nothing that is in it raises.
    """
    scanner = Scanner(bodies=bodies)
    yield from scanner.read(lines(source))
    yield from scanner.finish()


def read_header(path: Path) -> Header | None:
    """Return the header of a session file; ``None`` if there is none in the first megabyte, where pi looks for it.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb", buffering=0) as file:
        for size in _WITHIN:
            file.seek(0)
            for item in Scanner().read(lines_of(io.BytesIO(file.read(size)))):
                if isinstance(item, Header):
                    return item
                if isinstance(item, Entry):
                    return None
    return None


def _odd(code: Code, line: Line, message: str) -> Oddity:
    return Oddity(code, line.number, line.offset, len(line.raw), message)
