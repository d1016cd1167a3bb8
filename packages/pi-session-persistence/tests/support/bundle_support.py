"""Sessions to be bundled, and archives that nobody should trust."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from pi_session_persistence import Registry
from pi_session_persistence.bundle import bundle
from pi_session_persistence.bundle._manifest import Member

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

__all__ = ["Machine", "archive", "everything", "remade", "unpacked"]


class Machine:
    """A machine with a registry of its own; `here` makes it the one that we are on."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.registry = Registry(folder / "ids")
        self._monkeypatch = monkeypatch

    def here(self) -> None:
        self._monkeypatch.setenv("PI_SESSION_HOME", str(self.folder / "ids"))


def everything(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by their paths."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def archive(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    """An archive of members, in which names may come twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members:
            packed.writestr(name, data)
    path.write_bytes(made.getvalue())
    return path


def remade(session: Path, path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], object]) -> Path:
    """A bundle of a session whose manifest and members were changed, with checksums that fit."""
    bundle(session, path)
    files = unpacked(path)
    manifest: dict[str, Any] = json.loads(files.pop("manifest.json"))
    change(manifest, files)
    for member in manifest.get("members", ()):
        if member["name"] in files:
            made = Member.of(member["name"], files[member["name"]])
            member |= {"size": made.size, "sha256": made.sha256}
    return archive(path, [("manifest.json", json.dumps(manifest).encode()), *files.items()])
