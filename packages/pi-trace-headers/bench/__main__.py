"""``python packages/pi-trace-headers/bench``: what headers and spans cost, beside the same pi without them.

Read the ratios; the milliseconds are this machine's. ``--json`` prints the rows as one JSON list, names of cases choose
among them.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import measure_headers
import measure_spans
from rich.console import Console
from rich.table import Table
from scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scene import Row

CASES: dict[str, Callable[[Scene], Iterator[Row]]] = {
    "headers": measure_headers.rows,
    "import": measure_spans.imports,
    "paced": measure_spans.paced,
    "unpaced": measure_spans.unpaced,
    "exit": measure_spans.exits,
}


def main() -> int:
    """Run the cases and print the table; 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help="which (default: all)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    chosen = parser.parse_args()
    console = Console(stderr=chosen.json)
    rows: list[Row] = []
    for name in chosen.cases or CASES:
        with tempfile.TemporaryDirectory(prefix="pi-trace-bench-") as folder, console.status(f"measuring {name}"):
            rows += CASES[name](Scene(Path(folder)))
    if chosen.json:
        json.dump([dataclasses.asdict(row) for row in rows], sys.stdout, indent=2)
    else:
        console.print(_table(rows))
    return 1 if any(row.missed for row in rows) else 0


def _table(rows: list[Row]) -> Table:
    table = Table(title="pi-trace-headers, pi 1.5.2", caption="medians; measured in turns with the peer")
    for title in ("what", "measured", "peer", "beside it", "bound"):
        table.add_column(title, justify="left" if title == "what" else "right")
    for row in rows:
        style = "red" if row.missed else None
        table.add_row(row.what, row.measured, row.peer, row.ratio, row.bound, style=style)
    return table


if __name__ == "__main__":
    sys.exit(main())
