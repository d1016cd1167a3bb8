"""The pis that components are proved with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError, EnvironmentMissingError

if TYPE_CHECKING:
    from pi_testkit.pis import PiInstall

__all__ = ["Pi", "find_pi"]


@dataclass(frozen=True, slots=True)
class Pi:
    """A pi to run.

    Attributes:
        version: what it is called in the report.
        install: the pi itself.
    """

    version: str
    install: PiInstall


def find_pi(wanted: str, *, offline: bool = False) -> Pi:
    """Find a pi, and fetch it if the test kit knows how.

    Args:
        wanted: a version, a name that the registry has for one, such as ``latest``, or ``VERSION=PATH`` with the path
            of a pi's command-line script or package folder.
        offline: whether nothing may be fetched.

    Raises:
        DevkitError: there is no such version, or no pi at that path.
        EnvironmentMissingError: it can't be fetched.
    """
    from pi_testkit.pis import (  # noqa: PLC0415  # of the extra `release`
        PI_VERSIONS,
        PiInstall,
        ProvisionError,
        UnknownVersionError,
        candidate,
        find,
        provision,
    )

    version, given, path = wanted.partition("=")
    known_version = PI_VERSIONS[0] if given else version
    if offline and (known_version not in PI_VERSIONS or find(known_version) is None):
        raise EnvironmentMissingError(f"pi {known_version} is not here yet; run it once without --offline")
    try:
        if not given and version not in PI_VERSIONS:
            found = candidate(version)
            return Pi(found.version, found)
        known = provision(known_version)
    except UnknownVersionError as error:
        raise DevkitError(f"{error}; a pi on this machine is named as VERSION=PATH") from error
    except (ProvisionError, OSError) as error:
        raise EnvironmentMissingError(f"pi {version} can't be fetched: {error}") from error
    if not given:
        return Pi(version, known)
    script = _script(Path(path))
    # A candidate runs with the Node of the newest pi that is known.
    return Pi(version, PiInstall(version=version, node=known.node, cli=script, root=script.parent))


def _script(path: Path) -> Path:
    for one in (path, path / "dist" / "bundle" / "cli.js", path / "dist" / "cli.js"):
        if one.is_file():
            return one.resolve()
    raise DevkitError(f"there is no pi at {str(path)!r}; name its package folder or its cli.js")
