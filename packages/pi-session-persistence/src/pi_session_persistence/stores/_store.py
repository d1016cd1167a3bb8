"""What a store must do: keep bytes under keys, and replace them only if they are still what the caller saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["Object", "Store"]


class Object(NamedTuple):
    """What is under a key.

    Attributes:
        key: the key.
        size: in bytes.
        modified: when it was put there, by the store's clock (UTC).
    """

    key: str
    size: int
    modified: datetime


class Store(Protocol):
    """Bytes under keys.

    A key is made of parts with slashes between them. The parts that are put have ``a-z``, ``0-9``, ``.``, ``_`` and
    ``-`` in them and don't begin with a dot; what somebody else left in the store may be called anything. No key
    is another one with a slash and more after it.

    What a method returns is durable. Every method raises ``StoreGoneError`` if the store can't be reached. When ``put``
    or ``delete`` raise it, what was asked for may have happened or not, and asking again does no harm: it succeeds, or
    raises ``ChangedError``, and then the caller looks at what is there.

    A generation is a word of the store's own for what is under a key now: an entity tag, a row version, a digest.
    It differs whenever the bytes differ.
    """

    def list(self, prefix: str) -> Iterator[Object]:
        """Yield what is under the keys that begin with ``prefix``, in the order of the keys."""

    def stat(self, key: str) -> str | None:
        """Return the generation of what is under ``key``, ``None`` if there is nothing."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """Return bytes that are under a key.

        Args:
            key: the key.
            start: the first byte that is wanted.
            end: the byte after the last one; ``None`` for all that are left.

        Raises:
            NotStoredError: there is nothing.
        """

    def put(self, key: str, data: bytes, generation: str | None) -> str:
        """Put ``data`` under a key, and return its generation.

        Args:
            key: the key.
            data: the bytes.
            generation: what must be there for that; ``None`` if there must be nothing.

        Raises:
            ChangedError: something else is there.
        """

    def delete(self, key: str, generation: str | None = None) -> None:
        """Take away what is under a key; nothing happens if there is nothing.

        Args:
            key: the key.
            generation: what must be there for that; ``None`` if it doesn't matter.

        Raises:
            ChangedError: something else is there.
        """
