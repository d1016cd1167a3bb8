"""A process per event, as hooks elsewhere are run: shown for scale."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from scene import median_ms, timed

from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

ROUNDS = 20
SCRIPTS = {
    "json only": "import sys, json; json.load(sys.stdin); print('{}')",
    "asyncio and pluggy": "import sys, json, asyncio, pluggy; json.load(sys.stdin); print('{}')",
}


def rows(_scene: Scene) -> Iterator[Row]:
    """Measure a Python that starts, reads one event, answers and ends."""
    for what, script in SCRIPTS.items():
        times: list[float] = []
        for _ in range(ROUNDS):
            with timed(times):
                subprocess.run(  # noqa: S603  # ourselves
                    [sys.executable, "-c", script], input=b'{"a": 1}', check=True, capture_output=True
                )
        yield Row(f"for scale: one process per event, {what}", f"{median_ms(times):.0f} ms")
