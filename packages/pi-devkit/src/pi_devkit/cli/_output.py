"""How the commands say what they say."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

__all__ = ["AsJson", "console", "say_error", "say_json"]

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout, for programs.")]


def console() -> Console:
    """A console on stdout; what it prints is no markup."""
    return Console(markup=False, highlight=False, soft_wrap=not sys.stdout.isatty())


def say_error(text: str) -> None:
    """Write a line to stderr."""
    typer.echo(f"pi-devkit: {text}", err=True)


def say_json(value: Any) -> None:
    """Write a value to stdout as JSON."""
    typer.echo(json.dumps(value, indent=2, default=str))
