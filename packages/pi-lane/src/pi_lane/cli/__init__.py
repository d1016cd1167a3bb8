"""The ``pil`` command: who is on which lane of a session, and what the session looks like."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_lane.cli._app import run  # noqa: PLC0415  # the plugin never pays for typer

    run()
