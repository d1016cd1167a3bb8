"""Reads ``components.toml``; whatever is wrong with it is one readable line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text
from pi_devkit.components._model import Component, PiProfile, Project

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE_NAME", "Components", "parse", "read"]

FILE_NAME: Final = "components.toml"

#: What an index calls a normalised name; a name like ``x-v2`` would make tags ambiguous.
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION_LIKE: Final = re.compile(r".*-v\d+")


@dataclass(frozen=True, slots=True)
class Components:
    """The whole file.

    Attributes:
        project: what holds for all.
        pis: the versions of pi that are proved, in the file's order.
        components: the components by name, in the file's order.
    """

    project: Project
    pis: tuple[PiProfile, ...]
    components: dict[str, Component]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: int
    project: Project
    pi: list[PiProfile] = msgspec.field(default_factory=list)
    components: dict[str, Component] = msgspec.field(default_factory=dict)


def read(path: Path) -> Components:
    """Read the file.

    Args:
        path: where it is.

    Raises:
        DevkitError: it is not there or not right; the message says where.
    """
    return parse(read_text(path, "run this inside the repository"))


def parse(text: str) -> Components:
    """Read the text of the file.

    Args:
        text: TOML.

    Raises:
        DevkitError: it is not right; the message says where.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise DevkitError(f"{FILE_NAME} is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise DevkitError(f"{FILE_NAME}: {_readable(str(error), tomllib.loads(text))}") from error
    if file.schema != 1:
        raise DevkitError(f"{FILE_NAME} has schema {file.schema!r}, this pi-devkit reads 1; install the one it needs")
    for name in file.components:
        check_name(name)
    named = {name: msgspec.structs.replace(row, name=name) for name, row in file.components.items()}
    return Components(file.project, tuple(file.pi), named)


def check_name(name: str) -> None:
    """Check the name of a component.

    Raises:
        DevkitError: it can't be one; the message says why.
    """
    if not _NAME.fullmatch(name):
        raise DevkitError(f"{name!r} can't be a component: use lower-case letters, digits and single hyphens")
    if _VERSION_LIKE.fullmatch(name):
        raise DevkitError(f"{name!r} can't be a component: its end reads like the version of a tag; choose another")


def _readable(message: str, file: dict[str, Any]) -> str:
    # msgspec writes `[...]` for the key of a mapping; only one of the tables has the mistake.
    if "$.components[...]" not in message:
        return message
    for name, table in file.get("components", {}).items():
        try:
            msgspec.convert(table, Component)
        except msgspec.ValidationError as error:
            return f"component {name!r}: {error}"
    return message
