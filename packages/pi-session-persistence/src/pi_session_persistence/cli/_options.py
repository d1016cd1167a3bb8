"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import typer

from pi_session_persistence.registry import Registry

__all__ = ["WhichCompat", "registry"]

WhichCompat: TypeAlias = Annotated[
    Literal["gsd"] | None, typer.Option(help="Name and place the files as the GSD daemon does.")
]


def registry(compat: Literal["gsd"] | None) -> Registry:
    """Return the registry asked for, by default the one that the environment names."""
    return Registry(compat=compat) if compat is not None else Registry.current()
