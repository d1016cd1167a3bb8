"""Fill the cache: under a lock, beside the final place, never half."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from pi_testkit.pis._errors import ProvisionError
from pi_testkit.pis._steps import from_lock, from_tarballs
from pi_testkit.pis._unpinned import from_registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit.pis._catalog import Recipe

__all__ = ["install"]


def install(wanted: Recipe, cache: Path, say: Callable[[str], None]) -> None:
    """Install a version unless another process has done so meanwhile.

    Args:
        wanted: the version.
        cache: the cache, which need not exist.
        say: is called with a short line about each step that takes time.

    Raises:
        ProvisionError: it could not be fetched.
        OSError: the cache cannot be written.
    """
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    say(f"waiting for the lock of pi {wanted.version}")
    with FileLock(cache / f"{wanted.folder}.lock"):
        if wanted.script(cache / wanted.folder) is None:
            _fetch(wanted, cache, say)
            say(f"pi {wanted.version} is ready")


def _fetch(wanted: Recipe, cache: Path, say: Callable[[str], None]) -> None:
    """Install beside the final place and rename: the final name exists only when everything is there."""
    say(f"fetching pi {wanted.version}")
    for unfinished in cache.glob(f".{wanted.folder}-*"):  # its maker was killed: whoever lives holds the lock
        shutil.rmtree(unfinished)
    with tempfile.TemporaryDirectory(prefix=f".{wanted.folder}-", dir=cache) as name:
        folder = Path(name) / "install"
        folder.mkdir()
        if wanted.lock is None:
            from_registry(wanted.version, folder)
        else:
            step = from_tarballs if wanted.lock.name == "tarballs.json" else from_lock
            step(wanted.lock, folder)
        if wanted.script(folder) is None:
            raise ProvisionError(
                f"pi {wanted.version} was fetched but holds no 'cli.js' where one is known: report this"
            )
        final = cache / wanted.folder
        if final.exists():  # a damaged install: somebody removed files from the cache
            shutil.rmtree(final)
        folder.rename(final)
