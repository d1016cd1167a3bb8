"""Where the tools run: pi goes by the session's header, whatever folder it is started in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pi_host.sessionfile import lines, read_header, replace
from pi_session_persistence._errors import WorkingDirectoryError
from pi_session_persistence.repair import with_member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile import Header
    from pi_session_persistence.launcher._settings import Options

__all__ = ["Move", "moved_header", "settle"]


class Move(msgspec.Struct, frozen=True):
    """Where the tools will run.

    Attributes:
        cwd: the folder.
        how: what has to be done for it: nothing, ``"rewrite"`` the header or ``"fork"`` the file.
    """

    cwd: Path
    how: str = ""


def settle(header: Header | None, options: Options) -> Move:
    """Decide where the tools will run.

    Raises:
        WorkingDirectoryError: the folder asked for is not the session's, or one of them is gone.
    """
    wanted = Path(options.cwd).absolute() if options.cwd is not None else None
    if wanted is not None and not wanted.is_dir():
        raise WorkingDirectoryError(f"{str(wanted)!r} is no folder; name one that is there")
    has = Path(header.cwd) if header is not None and header.cwd is not None else None
    if has is None:
        return Move(wanted or Path.cwd())
    if wanted is None or options.cwd_policy == "header" or _same(has, wanted):
        if not has.is_dir():
            raise WorkingDirectoryError(
                f"the session belongs to the folder {str(has)!r}, which is gone, or on another machine; name the "
                "one to go on in, with the policy 'rewrite' or 'fork': --cwd DIR --cwd-policy rewrite"
            )
        return Move(has)
    if options.cwd_policy == "error":
        raise WorkingDirectoryError(
            f"the session belongs to the folder {str(has)!r}, where its tools run, and not to {str(wanted)!r}; "
            "name no folder to run there, or say with the policy 'header', 'rewrite' or 'fork' what you want"
        )
    return Move(wanted, options.cwd_policy)


def moved_header(file: Path, cwd: Path) -> None:
    """Write another folder into the header of a session file; everything else stays byte for byte."""
    replace(file, _moved(file, cwd))


def _moved(file: Path, cwd: Path) -> Iterator[bytes]:
    header = read_header(file)
    for line in lines(file):
        is_header = header is not None and line.number == header.line
        yield with_member(line.raw, "cwd", str(cwd)) if is_header else line.raw
        if line.ended:
            yield b"\n"


def _same(one: Path, other: Path) -> bool:
    return one == other or one.resolve() == other.resolve()
