"""The host process, from its standard streams to its end."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import threading
from contextlib import suppress

from pi_host._server import Server

__all__ = ["main"]

#: Least time between two switches of threads, seconds. A plugin's busy thread would otherwise hold up every answer for
#: the default 5 ms.
_SWITCH_INTERVAL = 0.0005

#: How long everything may take after pi is gone, seconds.
_LAST_CALL = 0.9


def main() -> None:
    """Serve the bridge on the standard streams, then end with everything that plugins started."""
    reader, writer = _take_streams()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    threading.Thread(target=_end_with_pi, args=(reader,), name="pi-host-lifeline", daemon=True).start()
    asyncio.run(_serve(reader, writer))
    # Plugins' exit functions run here: the end of the group is no orderly exit. The lifeline bounds them, too.
    atexit._run_exitfuncs()  # noqa: SLF001  # there is no public way to run them without exiting
    _end_group()


async def _serve(reader: int, writer: int) -> None:
    await Server(reader, writer).serve()


def _take_streams() -> tuple[int, int]:
    # The link gets descriptors of its own: what a plugin prints must not end up in it.
    reader, writer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a TextIOWrapper at this point
    return reader, writer


def _end_with_pi(reader: int) -> None:
    # The event loop notices the end of the link by itself, unless a plugin blocks it; then this thread ends it.
    import select  # noqa: PLC0415  # asyncio has imported it by now

    lifeline = select.poll()
    lifeline.register(reader, 0)
    lifeline.poll()
    threading.Event().wait(_LAST_CALL)
    _end_group()


def _end_group() -> None:
    with suppress(OSError):  # a log that can't be written must not keep anything alive
        sys.stderr.flush()
    if os.getpgrp() == os.getpid():
        # The bridge gave the host a process group of its own: whatever is left in it was started by a plugin.
        os.killpg(0, signal.SIGKILL)
    os._exit(0)
