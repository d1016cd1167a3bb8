"""The ``pi-trace`` command. The plugins never import it."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_trace_headers.cli._app import run  # noqa: PLC0415  # importing the package must not bring typer

    run()
