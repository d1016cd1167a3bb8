"""The ``pi-devkit`` command: make, check and release extensions."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_devkit.cli._app import run  # noqa: PLC0415  # whoever uses the library never pays for typer

    run()
