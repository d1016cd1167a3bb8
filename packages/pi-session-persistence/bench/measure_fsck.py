"""Session files checked and repaired: time, and the memory that a check of a large one takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from persistence_support import HEADER, joined, message

from pi_session_persistence import examine, repair_file

SMALL = 2_400_000
LARGE = 100_000_000
ROUNDS = 15

#: Text of a message: a session of 100 MB has about 42,000 entries.
WORDS = "the quick brown fox jumps over the lazy dog " * 50

#: Prints seconds and megabytes that an examination takes in a process of its own.
EXAMINE = """
import sys, time
from pathlib import Path
from pi_session_persistence import examine
def peak(): return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
before, began = peak(), time.perf_counter()
examine(Path(sys.argv[1]))
print(time.perf_counter() - began, peak() - before)
"""


def main() -> None:
    """Measure, and print a table."""
    table = Table("what", "took", "bound", box=None)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        small, large = (_write(Path(folder) / f"{size}.jsonl", size) for size in (SMALL, LARGE))
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            examine(small)
            times.append(time.perf_counter() - began)
        table.add_row("open and check 2.4 MB", f"{median(times) * 1000:.1f} ms", "10 ms")
        runs = [_apart(large) for _ in range(3)]
        table.add_row("check 100 MB", f"{min(seconds for seconds, _ in runs):.2f} s", "1 s")
        table.add_row("memory for that", f"{max(size for _, size in runs):.0f} MB", "50 MB")
        with large.open("ab") as end:
            end.write(b'{"torn')
        began = time.perf_counter()
        repair_file(large, force=True)
        table.add_row("repair 100 MB", f"{time.perf_counter() - began:.2f} s", "")
    Console().print(table)


def _write(file: Path, size: int) -> Path:
    rows, parent = [HEADER], None
    for number in range(size // 2500):
        rows.append(message(f"{number:08x}", parent, "user" if number % 2 else "assistant", WORDS))
        parent = f"{number:08x}"
    file.write_bytes(joined(rows))
    return file


def _apart(file: Path) -> tuple[float, float]:
    words = [sys.executable, "-c", EXAMINE, str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603  # ourselves
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


if __name__ == "__main__":
    main()
