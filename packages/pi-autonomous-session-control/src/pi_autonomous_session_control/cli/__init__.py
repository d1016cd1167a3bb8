"""The command ``pi-self``."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run ``pi-self``."""
    from pi_autonomous_session_control.cli._app import app  # noqa: PLC0415  # the tests of one command load one

    app(prog_name="pi-self")
