"""``python packages/pi-trace-headers/bench``: what headers and spans cost, beside the same pi without them.

Read the ratios; the milliseconds are this machine's. ``--json`` prints the rows as one JSON list, names of cases choose
among them.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import measure_headers
import measure_spans
from scene import Scene

from pi_testkit.bench import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pi_testkit.bench import Row


def _in_scene(rows: Callable[[Scene], Iterator[Row]], folder: Path) -> Iterator[Row]:
    return rows(Scene(folder))


CASES = {
    "headers": measure_headers.rows,
    "import": measure_spans.imports,
    "paced": measure_spans.paced,
    "unpaced": measure_spans.unpaced,
    "exit": measure_spans.exits,
}

if __name__ == "__main__":
    sys.exit(main("pi-trace-headers", {name: partial(_in_scene, rows) for name, rows in CASES.items()}, about=__doc__))
