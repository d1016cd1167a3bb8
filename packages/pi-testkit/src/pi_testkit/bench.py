"""Benches that can be believed on any machine: each figure stands beside a peer's, measured in the same run.

A case is a function that takes an empty folder and yields rows. ``main`` runs the cases and prints one table, or JSON::

    from pi_testkit.bench import Row, main

    def lookup(folder):
        ours, theirs = measure_in_turns(folder)
        ratio = ours / theirs
        yield Row("look up a name", f"{ours:.2f} ms", f"{theirs:.2f} ms sqlite3", f"{ratio:.2f}x", "1.5x", ratio > 1.5)

    if __name__ == "__main__":
        sys.exit(main("my-plugin", {"lookup": lookup}))
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.table import Table

    Case: TypeAlias = Callable[[Path], Iterator["Row"]]

__all__ = ["Row", "main"]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        measured: the figure with its unit.
        peer: the peer's figure and what it is.
        ratio: measured over peer.
        bound: what it has to stay under; empty where it is shown for scale.
        missed: whether it does not.
    """

    what: str
    measured: str
    peer: str = ""
    ratio: str = ""
    bound: str = ""
    missed: bool = False


def main(title: str, cases: Mapping[str, Case], words: Sequence[str] | None = None, *, about: str | None = None) -> int:
    """Run cases and print what they found.

    Args:
        title: whose figures they are.
        cases: by name. Each gets an empty folder that is removed after it.
        words: the command line, by default that of the process: names of cases, ``--json``.
        about: what ``--help`` says.

    Returns:
        1 if a bound was missed, else 0; what a process should end with.
    """
    from rich.console import Console  # noqa: PLC0415  # who only wants a Row need not have it

    parser = argparse.ArgumentParser(prog=f"bench {title}", description=about)
    parser.add_argument("cases", nargs="*", choices=[[], *cases], help="which (default: all)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    chosen = parser.parse_args(words)
    console = Console(stderr=chosen.json)
    rows: list[Row] = []
    for name in chosen.cases or cases:
        with tempfile.TemporaryDirectory(prefix=f"{title}-bench-") as folder, console.status(f"measuring {name}"):
            rows += cases[name](Path(folder))
    if chosen.json:
        json.dump([dataclasses.asdict(row) for row in rows], sys.stdout, indent=2)
    else:
        console.print(_table(title, rows))
    return 1 if any(row.missed for row in rows) else 0


def _table(title: str, rows: list[Row]) -> Table:
    from rich.table import Table  # noqa: PLC0415  # as above

    table = Table(title=title, caption="medians; a ratio is to the peer in the same run")
    for column in ("what", "measured", "peer", "ratio", "bound"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for row in rows:
        style = "red" if row.missed else None
        table.add_row(row.what, row.measured, row.peer, row.ratio, row.bound, style=style)
    return table
