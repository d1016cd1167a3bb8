"""What lies beside a session in the trash, and tells where it was and what belongs to it."""

from __future__ import annotations

import json
import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from pi_host.sessionfile import replace
from pi_session_persistence._errors import IdCollisionError
from pi_session_persistence.registry import Record, Registry
from pi_session_persistence.retention._errors import RetentionError

__all__ = ["NAME", "Manifest", "Registered", "read", "registered", "write"]

NAME: Final = "manifest.json"


class Registered(msgspec.Struct, frozen=True):
    """A record of the registry.

    Attributes:
        compat: which registry.
        record: the record.
    """

    compat: Literal["gsd"] | None
    record: Record

    def is_same_as(self, other: Record | None) -> bool:
        """Tell whether a record is this one, and none that the id got later."""
        return other is not None and other.created == self.record.created

    def is_left(self) -> bool:
        """Tell whether the record is still in the registry although its file is gone."""
        now = Registry(compat=self.compat).get(self.record.external_id)
        return self.is_same_as(now) and not os.path.lexists(self.record.pi_file)

    def forget(self) -> None:
        """Take the record out of the registry, if it is left there."""
        if self.is_left():
            Registry(compat=self.compat).forget(self.record.external_id)

    def refuse_another(self) -> None:
        """Refuse to bring a session back whose id stands for another file now.

        Raises:
            RetentionError: it does.
        """
        now = Registry(compat=self.compat).get(self.record.external_id)
        if now is not None and now.pi_file != self.record.pi_file:
            raise RetentionError(
                f"the id {self.record.external_id!r} stands for {str(now.pi_file)!r} now; "
                f"`pi-session forget {shlex.quote(self.record.external_id)}`, and restore then"
            )

    def put_back(self) -> None:
        """Put the record into the registry again, unless the id has gone on without it."""
        ids, old = Registry(compat=self.compat), self.record
        with suppress(IdCollisionError):  # another id took the file while nobody looked
            now = ids.claim(old.external_id, file=old.pi_file, parent=old.parent)
            if now.pi_file == old.pi_file and now.checkpoint is None:
                ids.update(
                    old.external_id,
                    created=old.created,
                    name=old.name,
                    checkpoint=old.checkpoint,
                    pi_session_id=old.pi_session_id,
                    pi_version=old.pi_version,
                )


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a session in the trash.

    Attributes:
        file: where the session file was.
        side_files: names of what lay beside it and is to go with it.
        at: when it was to go, in seconds since 1970.
        session_id: pi's id of it.
        title: its name or first prompt.
        cwd: its working directory.
        size: bytes of all of it.
        registered: its records in the registries.
    """

    file: Path
    side_files: tuple[str, ...]
    at: float
    session_id: str | None
    title: str
    cwd: str | None
    size: int
    registered: tuple[Registered, ...]


def registered(file: Path) -> tuple[Registered, ...]:
    """Return what the registries know about a session file.

    Raises:
        RegistryError: one of them can't be read.
    """
    kinds: tuple[Literal["gsd"] | None, ...] = (None, "gsd")
    found = ((kind, Registry(compat=kind).find(file)) for kind in kinds)
    return tuple(Registered(kind, record) for kind, record in found if record is not None)


def write(folder: Path, manifest: Manifest) -> None:
    """Write a manifest into a folder of the trash, and to the disk.

    Raises:
        OSError: it can't be written.
    """
    # ASCII only: the name of a file need not be text.
    replace(folder / NAME, [json.dumps(msgspec.to_builtins(manifest, enc_hook=str), indent=1).encode()])


def read(folder: Path) -> Manifest:
    """Return the manifest in a folder of the trash.

    Raises:
        RetentionError: there is none that can be read.
    """
    try:
        return msgspec.convert(json.loads((folder / NAME).read_bytes()), Manifest, dec_hook=_decoded)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise RetentionError(f"{str(folder / NAME)!r} can't be read: {error}; take the session out by hand") from error


def _decoded(kind: type, value: Any) -> Any:
    return Path(value) if kind is Path else value
