"""What is in a bundle.

A bundle is a ZIP archive: the manifest first, then the members that it names, with their sizes and SHA-256. Members are
numbered; no name in the archive ever becomes the name of a file.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

import msgspec

__all__ = ["FORMAT", "MEMBER", "NAME", "SIDE_FILE", "VERSION", "Manifest", "Member", "Packed", "read", "written"]

FORMAT: Final = "pi-session-bundle"
VERSION: Final = 1
NAME: Final = "manifest.json"

#: What members are called.
MEMBER: Final = re.compile(r"files/[0-9]{1,6}")

#: How names of side files go on from that of the session file.
SIDE_FILE: Final = re.compile(r"\.(?:bak|salvage|output)-[0-9a-f]{12}(?:\.[0-9]{1,4})?")


class Member(msgspec.Struct, frozen=True):
    """A file in the archive.

    Attributes:
        name: in the archive.
        size: in bytes.
        sha256: in hexadecimal.
    """

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> Member:
        """Return what is to be said of ``data``."""
        return cls(name, len(data), hashlib.sha256(data).hexdigest())


class Packed(msgspec.Struct, frozen=True):
    """A session in the archive.

    Attributes:
        member: name of its file in the archive.
        path: where its file was.
        external_id: its external id, if it had one.
        outputs: the files with the whole of a shortened output, by the paths under which the session refers to them.
        side_files: what lay beside the session file, by how their names went on from its.
    """

    member: str
    path: str
    external_id: str | None
    outputs: dict[str, str]
    side_files: dict[str, str]


class Manifest(msgspec.Struct, frozen=True):
    """What is in a bundle.

    Attributes:
        format: `FORMAT`.
        version: `VERSION`.
        sessions: the session, then the one it was forked from, and so on.
        members: all files.
    """

    format: str
    version: int
    sessions: list[Packed]
    members: list[Member]


def written(manifest: Manifest) -> bytes:
    """Return a manifest as bytes, always the same ones."""
    # ASCII only: paths need not be text.
    return json.dumps(msgspec.to_builtins(manifest), indent=1, sort_keys=True).encode()


def read(data: bytes) -> Manifest:
    """Return the manifest in ``data``.

    Raises:
        ValueError: there is none.
    """
    try:
        value: Any = json.loads(data)
        return msgspec.convert(value, Manifest)
    except RecursionError as error:
        raise ValueError("its manifest is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise ValueError(f"its manifest does not fit: {error}") from error
