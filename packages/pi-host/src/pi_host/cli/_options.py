"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["WhichPi"]

WhichPi = Annotated[
    str | None, typer.Option("--pi", metavar="PATH", help="Which pi; default: PI_HOST_PI, then the path.")
]
