"""Files of older versions as files of version 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host.files import replace
from pi_host.sessionfile._entry import Entry, Header
from pi_host.sessionfile._errors import SessionFileError
from pi_host.sessionfile._lines import lines
from pi_host.sessionfile._scan import Scanner, scan
from pi_host.sessionfile._upgrade import CURRENT, with_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pi_host.sessionfile._lines import Line
    from pi_host.sessionfile._oddity import Oddity

__all__ = ["migrate"]


def migrate(source: Path, target: Path) -> list[Oddity]:
    """Write a session file of version 1 or 2 to ``target`` in version 3; one of version 3 is copied as it is.

    The same bytes always become the same bytes. Everything that pi reads is kept, several headers included; what pi
    can't read is left behind, as pi itself does.

    Args:
        source: the file to migrate, which stays as it is.
        target: the new file, with mode 0600.

    Returns:
        What was left behind.

    Raises:
        FileExistsError: there is something in the place of the target already.
        SessionFileError: the source has no header where pi looks for it.
        OSError: the source can't be read or the target can't be written.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already; migrate to a new file")
    left: list[Oddity] = []
    if _version(source) < CURRENT:
        replace(target, _migrated(lines(source), left))
    else:
        with source.open("rb") as file:
            replace(target, file)
    return left


def _version(source: Path) -> float:
    for item in scan(source):
        if isinstance(item, Header):
            return item.version
        if isinstance(item, Entry):
            break
    raise SessionFileError(f"{source}: no session that pi would open, so there is nothing to migrate")


def _migrated(lines: Iterable[Line], left: list[Oddity]) -> Iterator[bytes]:
    scanner = Scanner()
    for line in lines:
        yield from _migrated_line(scanner, line, left)


def _migrated_line(scanner: Scanner, line: Line, left: list[Oddity]) -> Iterator[bytes]:
    odd: list[Oddity] = []
    for item in scanner.read([line]):
        if isinstance(item, Entry):
            yield item.raw + b"\n"
            return
        if isinstance(item, Header) or item.code == "second-header":
            yield with_version(line.raw) + b"\n"
            return
        if item.code != "no-final-lf":
            odd.append(item)
    left += odd
