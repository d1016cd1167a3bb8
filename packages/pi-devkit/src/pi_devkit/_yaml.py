"""Reads YAML; PyYAML says nothing about types, so what it gives is checked here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]  # ships no types, and this is the one place that uses it

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_mapping"]


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a file whose top level is a mapping.

    Args:
        path: the file.

    Raises:
        DevkitError: it can't be read, is no YAML, or is something else than a mapping.
    """
    try:
        found = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise DevkitError(f"{str(path)!r} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise DevkitError(f"{str(path)!r} has no names and values; is it the right file?")
    return found
