"""Every error of the memory, under one base, each with a message that a person can act on."""

from __future__ import annotations

__all__ = [
    "DamagedError",
    "FullError",
    "InvalidError",
    "MemoryStoreError",
    "NewerError",
    "ReadOnlyError",
    "SecretError",
    "UnavailableError",
]


class MemoryStoreError(Exception):
    """Base of all errors of the memory; its text is meant for the user."""


class InvalidError(MemoryStoreError):
    """Something that can't be kept as it is: empty, too long, out of range."""


class SecretError(InvalidError):
    """A text that is nothing but a secret; the text itself is not in the message."""


class UnavailableError(MemoryStoreError):
    """The database can't be opened, or was locked for too long."""


class ReadOnlyError(UnavailableError):
    """The database can be read but not written."""


class FullError(UnavailableError):
    """The disk is full; what was to be written is not there, everything before is."""


class NewerError(UnavailableError):
    """The database was written by a later version of this package and is left alone."""


class DamagedError(UnavailableError):
    """The database is no longer a sound SQLite file."""
