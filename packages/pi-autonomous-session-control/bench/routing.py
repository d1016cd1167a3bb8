"""How well and how fast queries are routed: ``python bench/routing.py [--misses] [SET ...]``.

Accuracy per domain and kind over the labelled sets in ``tests/routing/data`` (default: the three that were not
trained on), time per query, and what the import costs. ``--misses`` lists what was taken for something else. Exit code
1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from pi_autonomous_session_control.routing import DOMAIN_OF, route

DATA: Final = Path(__file__).parents[1] / "tests/routing/data"
UNTRAINED: Final = ("heldout", "blind", "fresh")
ROUNDS: Final = 5
MOST_MS: Final = 2.0
MOST_IMPORT_MS: Final = 30.0
LEAST_DOMAIN: Final = 0.95
LEAST_KIND: Final = 0.90

IMPORT: Final = """
import time, msgspec
began = time.perf_counter()
import pi_autonomous_session_control.routing as routing
imported = time.perf_counter()
routing.route("what files have I touched?")
first = time.perf_counter()
routing.route("what fiels have I touched?")
print(1e3 * (imported - began), 1e3 * (first - imported), 1e3 * (time.perf_counter() - first))
"""


def main() -> int:
    """Measure, print, and return 1 if a bound was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=UNTRAINED)
    parser.add_argument("--misses", action="store_true")
    chosen = parser.parse_args()
    console = Console()
    missed = False
    for name in chosen.sets:
        rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        missed |= _accuracy(console, name, rows, misses=chosen.misses) and name == "heldout"
    return int(_speed(console) or missed)


def _accuracy(console: Console, name: str, rows: list[dict[str, Any]], *, misses: bool) -> bool:
    asked: Counter[str] = Counter()
    right: dict[str, Counter[str]] = defaultdict(Counter)
    table = Table("domain", "kind", "queries", "domain right", "kind right", title=f"{name}: {len(rows)} queries")
    for row in rows:
        found = route(row["query"], row.get("context"))
        asked[row["kind"]] += 1
        right["domain"][row["kind"]] += found.domain == row["domain"]
        right["kind"][row["kind"]] += found.kind == row["kind"]
        if misses and found.kind != row["kind"]:
            console.print(f"  {row['kind']} -> {found.kind} ({found.score:.2f}): {row['query']}", markup=False)
    for kind, number in sorted(asked.items(), key=lambda pair: (DOMAIN_OF[pair[0]], pair[0])):
        shares = (f"{right[part][kind] / number:.0%}" for part in ("domain", "kind"))
        table.add_row(DOMAIN_OF[kind], kind, str(number), *shares)
    domain, kinds = (right[part].total() / len(rows) for part in ("domain", "kind"))
    table.add_section()
    table.add_row("all", "", str(len(rows)), f"{domain:.1%}", f"{kinds:.1%}")
    console.print(table)
    return domain < LEAST_DOMAIN or kinds < LEAST_KIND


def _speed(console: Console) -> bool:
    rows = [json.loads(line) for name in UNTRAINED for line in (DATA / f"{name}.jsonl").read_text().splitlines()]
    took = sorted(_measure(row) for _ in range(ROUNDS) for row in rows)
    middle, high = took[len(took) // 2], took[int(len(took) * 0.95)]
    console.print(f"per query: p50 {middle:.2f} ms, p95 {high:.2f} ms (bound {MOST_MS:g}), worst {took[-1]:.2f} ms")
    runs = [_imported() for _ in range(ROUNDS)]
    imported, first, typo = (statistics.median(run[at] for run in runs) for at in range(3))
    console.print(
        f"import {imported:.1f} ms (bound {MOST_IMPORT_MS:g}), first query {first:.1f} ms, first typo {typo:.1f} ms"
    )
    return high > MOST_MS or imported > MOST_IMPORT_MS


def _measure(row: dict[str, Any]) -> float:
    began = time.perf_counter()
    route(row["query"], row.get("context"))
    return 1e3 * (time.perf_counter() - began)


def _imported() -> tuple[float, ...]:
    said = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own interpreter and code
    return tuple(map(float, said.split()))


if __name__ == "__main__":
    sys.exit(main())
