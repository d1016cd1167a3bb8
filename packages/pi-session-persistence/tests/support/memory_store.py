"""A store in memory that can be made to fail: what the interface promises, without a file system behind it."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pi_session_persistence.stores import ChangedError, NotStoredError, Object, StoreGoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class MemoryStore:
    """Bytes in a dictionary, with generations that count up, as an object store's or a database's would."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str, datetime]] = {}
        self.operations: list[str] = []
        self.fails: Callable[[str], str | None] = lambda _operation: None
        self._generations = itertools.count(1)
        self._lock = threading.Lock()

    def list(self, prefix: str) -> Iterator[Object]:
        self._begin(f"list {prefix}")
        found = sorted((key, len(data), at) for key, (data, _, at) in self.objects.items() if key.startswith(prefix))
        return iter([Object(*values) for values in found])

    def stat(self, key: str) -> str | None:
        self._begin(f"stat {key}")
        return self.objects[key][1] if key in self.objects else None

    def read(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        self._begin(f"read {key}")
        if key not in self.objects:
            raise NotStoredError(f"nothing under {key!r}")
        return self.objects[key][0][start:end]

    def put(self, key: str, data: bytes, generation: str | None) -> str:
        failure = self._begin(f"put {key}")
        with self._lock:
            if (self.objects[key][1] if key in self.objects else None) != generation:
                raise ChangedError(f"{key!r} has changed")
            new = str(next(self._generations))
            self.objects[key] = (bytes(data), new, datetime.now(UTC))
        self._end(failure)
        return new

    def delete(self, key: str, generation: str | None = None) -> None:
        failure = self._begin(f"delete {key}")
        with self._lock:
            if generation is not None and key in self.objects and self.objects[key][1] != generation:
                raise ChangedError(f"{key!r} has changed")
            self.objects.pop(key, None)
        self._end(failure)

    def _begin(self, operation: str) -> str | None:
        self.operations.append(operation)
        failure = self.fails(operation)
        if failure == "before":
            raise StoreGoneError(f"gone before {operation}")
        return failure

    def _end(self, failure: str | None) -> None:
        if failure == "after":
            raise StoreGoneError("gone before the answer came")
