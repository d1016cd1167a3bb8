"""The ``pi-host`` command. The host process never imports it."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the command."""
    from pi_host.cli._app import run  # noqa: PLC0415  # `python -m pi_host.cli._probe` must not pay for typer

    run()
