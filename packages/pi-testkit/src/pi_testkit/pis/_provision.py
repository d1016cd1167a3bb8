"""The cache of installed versions: found quickly, filled once, never half full."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_testkit.pis._catalog import PACKAGE, PI_VERSIONS, PiInstall, Recipe, recipe, unpinned
from pi_testkit.pis._errors import ProvisionError, UnknownVersionError
from pi_testkit.pis._node import node

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cache_dir", "candidate", "find", "provision"]

#: A version, or a name that the registry has for one, such as ``latest``.
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]*")
_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?")


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
    return _provide(recipe(version), progress or _silent)


def candidate(name: str = "latest", *, progress: Callable[[str], None] | None = None) -> PiInstall:
    """Give a pi that the test kit does not know, fetching it first if need be.

    Nothing pins what is fetched but the registry's own word: use it to try a version, not to build on it.

    Args:
        name: a version that is published, or a name that the registry has for one, such as ``latest``.
        progress: is called with a short line about each step that takes time.

    Returns:
        The install. It is shared: read it, never write to it.

    Raises:
        UnknownVersionError: the registry has no such version.
        ProvisionError: no network, no Node, or a cache that cannot be written.
    """
    found = _find(unpinned(name)) if _VERSION.fullmatch(name) else None
    return found or _provide(unpinned(_published(name)), progress or _silent)


def _published(name: str) -> str:
    """The version that the registry has under a name."""
    if not _NAME.fullmatch(name):
        raise UnknownVersionError(f"{name!r} can't be a version of pi: use one such as 1.6.0, or latest")
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - as npm: needed once per machine and version

    from pi_testkit.pis._npm import npm  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        try:
            version = npm("view", f"{PACKAGE}@{name}", "version", cwd=Path(folder)).strip()
        except ProvisionError as error:
            if "E404" in str(error):
                raise UnknownVersionError(
                    f"the npm registry has no pi {name!r}: `npm view {PACKAGE} versions`"
                ) from error
            raise
    if not _VERSION.fullmatch(version):
        raise UnknownVersionError(f"{name!r} is not one version of pi: use one such as 1.6.0, or latest")
    return version


def _provide(wanted: Recipe, say: Callable[[str], None]) -> PiInstall:
    found = _find(wanted)
    if found is not None:
        return found
    from pi_testkit.pis._install import install  # noqa: PLC0415 - needed once per machine and version

    cache = cache_dir()
    try:
        install(wanted, cache, say)
    except OSError as error:
        raise ProvisionError(
            f"cannot write to the cache {str(cache)!r} ({error}): set PI_TESTKIT_CACHE to a folder that can be written"
        ) from error
    installed = _find(wanted)
    if installed is None:
        raise ProvisionError(f"pi {wanted.version} was taken from the cache {str(cache)!r} meanwhile: try again")
    return installed


def _silent(_line: str) -> None:
    pass


def _find(wanted: Recipe) -> PiInstall | None:
    root = cache_dir() / wanted.folder
    script = wanted.script(root)
    return PiInstall(wanted.version, node(), script, root) if script else None
