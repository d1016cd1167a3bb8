"""A session in the trash, as it is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pi_session_persistence._figures import iso

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.retention._manifest import Manifest

__all__ = ["Trashed"]


class Trashed(NamedTuple):
    """A session in the trash.

    Attributes:
        key: its name in the trash.
        folder: where it lies.
        manifest: what is known about it.
    """

    key: str
    folder: Path
    manifest: Manifest

    @property
    def external_id(self) -> str | None:
        """Its external id, if it had one."""
        return next((one.record.external_id for one in self.manifest.registered), None)

    @property
    def names(self) -> set[str]:
        """What it may be called by."""
        known = (self.key, self.external_id, self.manifest.session_id, str(self.manifest.file))
        return {name for name in known if name}

    @property
    def file(self) -> Path:
        """The session file in the trash."""
        return self.folder / self.manifest.file.name

    @property
    def is_whole(self) -> bool:
        """Whether all that belongs to it is in the trash; then nobody needs to have its lock."""
        told = self.manifest
        left = (told.file.with_name(name) for name in told.side_files if not os.path.lexists(self.folder / name))
        return (
            os.path.lexists(self.file)
            and not any(map(os.path.lexists, left))
            and not any(registered.is_left() for registered in told.registered)
        )

    def facts(self) -> dict[str, Any]:
        """Return what is known about it, for programs: times are ISO 8601 in UTC, sizes bytes."""
        told = self.manifest
        return {
            "key": self.key,
            "file": str(told.file),
            "folder": str(self.folder),
            "external_id": self.external_id,
            "session_id": told.session_id,
            "title": told.title,
            "cwd": told.cwd,
            "pruned": iso(round(told.at * 1000)),
            "size": told.size,
        }
