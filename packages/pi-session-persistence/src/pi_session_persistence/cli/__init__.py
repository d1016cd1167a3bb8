"""The ``pi-session`` command. The plugin never imports it."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_session_persistence.cli._app import run  # noqa: PLC0415  # importing the package must not bring typer

    run()
