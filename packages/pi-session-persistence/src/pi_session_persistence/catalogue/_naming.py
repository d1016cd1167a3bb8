"""Which session somebody means: by file, external id, pi's id or its beginning, or name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_session_persistence._errors import InvalidIdError
from pi_session_persistence.catalogue._errors import AmbiguousSessionError, UnknownSessionError
from pi_session_persistence.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pi_session_persistence.catalogue._rows import Row

__all__ = ["beginning", "find_session"]

#: So many candidates are named when several sessions could be meant.
_MOST_NAMED: Final = 5

#: Of an id, so many characters are shown at least.
_SHORTEST: Final = 8


def find_session(name: str, rows: Callable[[], Iterable[Row]]) -> Path:
    """Return the session file that ``name`` stands for.

    Args:
        name: path of a file; else an external id; else pi's id of a session, the beginning of it, or its name.
        rows: gives the sessions of the catalogue; called only if need be.

    Raises:
        UnknownSessionError: there is no such session.
        AmbiguousSessionError: several sessions are called so.
    """
    path = os.path.expanduser(name)  # noqa: PTH111  # neither this nor the next raises, whatever the name is
    if os.path.isfile(path):  # noqa: PTH113  # as above
        return Path(path).absolute()
    for registry in (Registry(), Registry(compat="gsd")):
        try:
            record = registry.get(name)
        except InvalidIdError:
            break
        if record is not None:
            return record.pi_file
    return _in_catalogue(name, list(rows()))


def _in_catalogue(name: str, rows: list[Row]) -> Path:
    found = [row for row in rows if row.session_id == name]
    found = found or [row for row in rows if name and (row.session_id or "").startswith(name)]
    found = found or [row for row in rows if row.name == name]
    if not found and name and os.path.lexists(os.path.expanduser(name)):  # noqa: PTH111  # as above
        raise UnknownSessionError(f"{name!r} is no regular file, and no session is called so; name a session file")
    if not found:
        raise UnknownSessionError(f"no session is called {name!r}; `pi-session list` shows those there are")
    if len(found) > 1:
        named = ", ".join(repr(str(row.file)) for row in found[:_MOST_NAMED])
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise AmbiguousSessionError(f"{name!r} may be {named}{more}; name the file")
    return found[0].file


def beginning(session_id: str, others: Sequence[str]) -> str:
    """Return the beginning of an id that none of the others has."""
    length = max((_shared(session_id, other) + 1 for other in others), default=0)
    return session_id[: max(_SHORTEST, length)]


def _shared(one: str, other: str) -> int:
    both = zip(one, other, strict=False)
    return next((number for number, (left, right) in enumerate(both) if left != right), min(len(one), len(other)))
