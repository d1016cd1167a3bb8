"""Checkpoints: made of a file, compared with it, and kept true by whoever rewrites it."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pi_session_persistence.registry._record import Checkpoint
from pi_session_persistence.registry._registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["checkpoint", "is_beginning", "rewriting"]

_CHUNK: Final = 1 << 20


def checkpoint(file: Path) -> Checkpoint:
    """Return a checkpoint of all there is in a file.

    Raises:
        OSError: it can't be read.
    """
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Checkpoint(size, digest.hexdigest(), datetime.now(UTC).isoformat(timespec="seconds"))


def is_beginning(file: Path, made: Checkpoint) -> bool:
    """Tell whether a file begins with what was in it when a checkpoint was made.

    Raises:
        OSError: it can't be read.
    """
    digest, left = hashlib.sha256(), made.size
    with file.open("rb") as source:
        while left and (chunk := source.read(min(left, _CHUNK))):
            digest.update(chunk)
            left -= len(chunk)
    return not left and digest.hexdigest() == made.sha256


@contextmanager
def rewriting(file: Path) -> Iterator[None]:
    """Rewrite a session file on purpose: an id that it belongs to has no checkpoint meanwhile, and then a new one.

    Raises:
        RegistryError: the registry can't be read or written.
    """
    found = [(ids, record) for ids in (Registry(), Registry(compat="gsd")) if (record := ids.find(file)) is not None]
    for ids, record in found:
        ids.update(record.external_id, checkpoint=None)
    try:
        yield
    except BaseException:
        for ids, record in found:
            ids.update(record.external_id, checkpoint=record.checkpoint)
        raise
    for ids, record in found:
        ids.update(record.external_id, checkpoint=checkpoint(file))
