"""The host's log: its standard error, which the bridge points at a file."""

from __future__ import annotations

import os
import sys
import time

__all__ = ["log"]


def log(message: str) -> None:
    """Write one line with the time and the process id."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S")
    sys.stderr.write(f"{stamp} [{os.getpid()}] {message}\n")
    sys.stderr.flush()
