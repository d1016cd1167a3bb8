"""A large session file checked and repaired: time, and the memory that takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from persistence_support import HEADER, joined, message

from pi_session_persistence import repair_file
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["checking"]

LARGE = 100_000_000

MOST_S = 1.0
MOST_MB = 50.0

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


def checking(folder: Path) -> Iterator[Row]:
    """Check a large file, and mend it, beside only reading it."""
    file = _write(folder / "large.jsonl", LARGE)
    began = time.perf_counter()
    with file.open("rb") as lines:
        for _ in lines:
            pass
    read = time.perf_counter() - began
    runs = [_apart(file) for _ in range(3)]
    took, grown = min(seconds for seconds, _ in runs), max(size for _, size in runs)
    peer, ratio = f"{read:.2f} s its lines read", f"{took / read:.1f}x"
    yield Row("100 MB checked, best of 3", f"{took:.2f} s", peer, ratio, f"{MOST_S:g} s", took > MOST_S)
    yield Row("  memory for that", f"+{grown:.0f} MB", bound=f"+{MOST_MB:g} MB", missed=grown > MOST_MB)
    with file.open("ab") as end:
        end.write(b'{"torn')
    began = time.perf_counter()
    repair_file(file, force=True)
    yield Row("100 MB with a torn tail repaired", f"{time.perf_counter() - began:.2f} s")


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
