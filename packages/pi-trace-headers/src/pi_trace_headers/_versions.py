"""What a running pi can do, by its version."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["at_least"]


@lru_cache(maxsize=16)  # asked for at every request, of the one pi there is
def at_least(pi_version: str, *wanted: int) -> bool:
    """Return whether ``pi_version``, such as ``"1.5.2"``, is ``wanted`` or newer; ``False`` if it is not known."""
    release = pi_version.split("-", maxsplit=1)[0]
    return tuple(int(part) for part in release.split(".") if part.isdigit()) >= wanted
