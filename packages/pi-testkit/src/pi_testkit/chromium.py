"""Pages and pictures that a plugin makes, seen by a real browser without a window: Debian's Chromium, or Chrome."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CHROMIUM", "Seen", "browse"]

#: The browser's program; ``None`` where there is none, and then tests that need it should say so and be skipped.
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Seen(NamedTuple):
    """What a browser made of a page.

    Attributes:
        output: what it wrote: with ``--dump-dom``, the page as it stands after two seconds of its own time.
        complaints: what it wrote to its console: errors of scripts, what the page's policy stopped.
    """

    output: str
    complaints: list[str]


def browse(page: Path, *options: str, timeout_s: float = 50.0) -> Seen:
    """Let the browser load a page, in a profile of its own.

    Args:
        page: the file.
        options: what it should do, such as ``--dump-dom`` or ``--screenshot=FILE``.
        timeout_s: seconds until it must have ended.

    Raises:
        LookupError: there is no browser.
        subprocess.SubprocessError: it failed, or did not end in time.
    """
    if CHROMIUM is None:
        raise LookupError("there is no Chromium on this machine; install the package `chromium`")
    with tempfile.TemporaryDirectory(prefix="pi-testkit-", ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        command += ["--enable-logging=stderr", "--virtual-time-budget=2000", *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout_s)  # noqa: S603  # the user's browser
    return Seen(done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line])
