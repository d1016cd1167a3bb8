"""From a tag to what it releases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pi_devkit.components._workspace import Workspace

__all__ = ["Release", "resolve_tag"]

_TAG: Final = re.compile(r"(?P<name>[a-z0-9-]+)-v(?P<version>\d+\.\d+\.\d+[0-9A-Za-z.+-]*)")


@dataclass(frozen=True, slots=True)
class Release:
    """What a tag releases.

    Attributes:
        tag: the tag.
        component: name of the component.
        path: its folder.
        version: its version, as in ``pyproject.toml``.
        prerelease: whether that is a prerelease.
        changelog: path of its changelog.
    """

    tag: str
    component: str
    path: str
    version: str
    prerelease: bool
    changelog: str

    def variables(self) -> dict[str, str]:
        """The same as variables of an environment."""
        return {
            "RELEASE_TAG": self.tag,
            "RELEASE_COMPONENT": self.component,
            "RELEASE_PATH": self.path,
            "RELEASE_VERSION": self.version,
            "RELEASE_PRERELEASE": str(self.prerelease).lower(),
            "RELEASE_CHANGELOG": self.changelog,
        }


def resolve_tag(workspace: Workspace, tag: str) -> Release:
    """Find out what a tag releases, and that the tree agrees.

    Args:
        workspace: the repository, at the tag.
        tag: such as ``pi-lane-v0.4.0``.

    Raises:
        DevkitError: it is no release tag, names no component, or one that is not released, or another version than
            ``pyproject.toml`` or the changelog.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        raise DevkitError(f"{tag!r} is no release tag; they look like `pi-lane-v1.2.3`")
    component = workspace.component(match["name"])
    if not component.released:
        raise DevkitError(f"{tag!r}: {component.name} is {component.state!r} and not released")
    source = workspace.source(component)
    try:
        wanted = Version(match["version"])
    except InvalidVersion as error:
        raise DevkitError(f"{tag!r} ends in {match['version']!r}, which is no version") from error
    # Compared as versions: release-please writes 0.4.0-beta.1 where Python says 0.4.0b1.
    if wanted != source.version:
        raise DevkitError(f"{tag!r} says {wanted}, pyproject.toml says {source.version}; tag the commit that has it")
    releases = source.releases()
    newest = releases[0][0] if releases else "nothing"
    if not _same(newest, wanted):
        raise DevkitError(f"{tag!r} says {wanted}, the changelog begins with {newest}; write its section first")
    changelog = f"{component.path}/CHANGELOG.md"
    return Release(tag, component.name, component.path, str(source.version), source.version.is_prerelease, changelog)


def _same(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False
