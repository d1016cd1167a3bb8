"""The host's log: its standard error, which the bridge points at a file."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

__all__ = ["log"]


def log(message: str) -> None:
    """Write one line with the time and the process id."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S")
    with suppress(OSError):  # a full disk must cost the line and not the answer to an event
        sys.stderr.write(f"{stamp} [{os.getpid()}] {message}\n")
        sys.stderr.flush()
