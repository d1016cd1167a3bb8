"""The cache of installed versions: found quickly, filled once, never half full."""

from __future__ import annotations

import os
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
    from pi_testkit.pis._install import install  # noqa: PLC0415 - needed once per machine and version

    cache = cache_dir()
    try:
        install(wanted, cache, progress or _silent)
    except OSError as error:
        raise ProvisionError(
            f"cannot write to the cache {str(cache)!r} ({error}): set PI_TESTKIT_CACHE to a folder that can be written"
        ) from error
    return PiInstall(version, node(), cache / wanted.folder / wanted.cli, cache / wanted.folder)


def _silent(_line: str) -> None:
    pass


def _find(wanted: Recipe) -> PiInstall | None:
    root = cache_dir() / wanted.folder
    cli = root / wanted.cli
    return PiInstall(wanted.version, node(), cli, root) if cli.is_file() else None
