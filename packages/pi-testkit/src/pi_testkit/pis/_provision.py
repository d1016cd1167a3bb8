"""The cache of installed versions: found quickly, filled once, never half full."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pi_testkit.pis._catalog import PI_VERSIONS, PiInstall, Recipe, recipe
from pi_testkit.pis._errors import ProvisionError
from pi_testkit.pis._node import node

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cache_dir", "find", "provision"]


def cache_dir() -> Path:
    """Where installed versions are kept: ``PI_TESTKIT_CACHE``, else the user's own cache folder.

    Returns:
        The folder, which need not exist yet.
    """
    override = os.environ.get("PI_TESTKIT_CACHE")
    if override:
        return Path(override).expanduser().absolute()
    from platformdirs import user_cache_path  # noqa: PLC0415 - costs more than all the rest of a second call

    return user_cache_path("pi-testkit")


def find(version: str = PI_VERSIONS[0]) -> PiInstall | None:
    """Look for an installed version; nothing is fetched.

    Args:
        version: one of :data:`PI_VERSIONS`.

    Returns:
        The install, or ``None`` when that version is not in the cache.

    Raises:
        UnknownVersionError: the test kit does not know that version.
        ProvisionError: there is no Node.
    """
    return _find(recipe(version))


def provision(version: str = PI_VERSIONS[0], *, progress: Callable[[str], None] | None = None) -> PiInstall:
    """Give an installed pi, fetching it first if need be; safe to call from several processes at once.

    Args:
        version: one of :data:`PI_VERSIONS`.
        progress: is called with a short line about each step that takes time.

    Returns:
        The install. It is shared: read it, never write to it.

    Raises:
        UnknownVersionError: the test kit does not know that version.
        IntegrityError: something downloaded is not what is pinned.
        ProvisionError: no network, no Node, or a cache that cannot be written.
    """
    wanted = recipe(version)
    found = _find(wanted)
    if found is not None:
        return found
    say = progress or _silent
    cache = cache_dir()
    from filelock import FileLock  # noqa: PLC0415 - needed once per machine and version

    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        say(f"waiting for the lock of pi {version}")
        with FileLock(cache / f"{wanted.folder}.lock"):
            return _find(wanted) or _install(wanted, cache, say)
    except OSError as error:
        raise ProvisionError(
            f"cannot write to the cache {str(cache)!r} ({error}): set PI_TESTKIT_CACHE to a folder that can be written"
        ) from error


def _silent(_line: str) -> None:
    pass


def _find(wanted: Recipe) -> PiInstall | None:
    root = cache_dir() / wanted.folder
    cli = root / wanted.cli
    return PiInstall(wanted.version, node(), cli, root) if cli.is_file() else None


def _install(wanted: Recipe, cache: Path, say: Callable[[str], None]) -> PiInstall:
    """Install beside the final place and rename: the final name exists only when everything is there."""
    from pi_testkit.pis._steps import from_lock, from_tarballs  # noqa: PLC0415 - not needed to find an install

    say(f"fetching pi {wanted.version}")
    with tempfile.TemporaryDirectory(prefix=f".{wanted.folder}-", dir=cache) as name:
        folder = Path(name) / "install"
        folder.mkdir()
        step = from_tarballs if wanted.lock.name == "tarballs.json" else from_lock
        step(wanted.lock, folder)
        if not (folder / wanted.cli).is_file():
            raise ProvisionError(f"pi {wanted.version} was fetched but holds no {wanted.cli!r}: report this")
        final = cache / wanted.folder
        if final.exists():  # a damaged install: somebody removed files from the cache
            shutil.rmtree(final)
        folder.rename(final)
    say(f"pi {wanted.version} is ready")
    return PiInstall(wanted.version, node(), final / wanted.cli, final)
