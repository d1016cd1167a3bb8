"""Marks for trees of processes, and the guardian that outlives the test process."""

from __future__ import annotations

import atexit
import itertools
import os
import subprocess
import sys
import threading
import uuid

from pi_testkit import _guardian

__all__ = ["new_mark"]

_lock = threading.Lock()
_numbers = itertools.count()
# By process id: a forked copy of the test process has to start a guardian of its own.
_guardians: dict[int, tuple[str, subprocess.Popen[bytes]]] = {}


def new_mark() -> str:
    """Make a mark for one tree of processes that the guardian of this test process watches over.

    Returns:
        The value for the environment variable :data:`pi_testkit._guardian.MARK`.
    """
    with _lock:
        run, guardian = _guardians.get(os.getpid(), ("", None))
        if guardian is None or guardian.poll() is not None:
            run = f"{uuid.uuid4().hex}."
            guardian = _start(run)
            _guardians[os.getpid()] = run, guardian
    return f"{run}{next(_numbers)}"


def _start(run: str) -> subprocess.Popen[bytes]:
    """Start a guardian in its own session (no Ctrl-C reaches it) and without a mark (no other guardian kills it)."""
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-I", "-S", _guardian.__file__, run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={name: value for name, value in os.environ.items() if name != _guardian.MARK},
        start_new_session=True,
    )


@atexit.register
def _dismiss() -> None:
    """At an orderly end, let the guardian do its work while somebody waits for it."""
    _, guardian = _guardians.pop(os.getpid(), ("", None))
    if guardian is not None:
        guardian.communicate()
