"""``nox -s bench``: what the host costs, each figure beside a peer measured in the same run.

Read the ratios; the milliseconds are this machine's. ``--json`` prints the rows as one JSON list, names of cases choose
among them: ``nox -s bench -- pi-host start stream``.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import measure_context
import measure_hook
import measure_process
import measure_sessionfile
import measure_start
import measure_stream
from scene import Scene

from pi_testkit.bench import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pi_testkit.bench import Row


def _in_scene(rows: Callable[[Scene], Iterator[Row]], folder: Path) -> Iterator[Row]:
    return rows(Scene(folder))


CASES = {
    "hook": measure_hook.rows,
    "start": measure_start.rows,
    "stream": measure_stream.rows,
    "context": measure_context.rows,
    "process": measure_process.rows,
    "sessionfile": measure_sessionfile.rows,
}

if __name__ == "__main__":
    sys.exit(main("pi-host", {name: partial(_in_scene, rows) for name, rows in CASES.items()}, about=__doc__))
