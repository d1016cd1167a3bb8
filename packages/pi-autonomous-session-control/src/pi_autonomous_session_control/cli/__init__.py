"""The command ``pi-self``: the mirror, the memory and the router from outside of pi."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_autonomous_session_control.cli._app import run  # noqa: PLC0415  # the plugin never pays for typer

    run()
