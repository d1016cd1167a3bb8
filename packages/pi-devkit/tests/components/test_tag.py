from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.components import resolve_tag

if TYPE_CHECKING:
    from devkit_support import Repository


def test_a_tag_says_what_is_released(plain: Repository) -> None:
    release = resolve_tag(plain.workspace(), "pi-sample-v0.1.0")
    assert release.variables() == {
        "RELEASE_TAG": "pi-sample-v0.1.0",
        "RELEASE_COMPONENT": "pi-sample",
        "RELEASE_PATH": "packages/pi-sample",
        "RELEASE_VERSION": "0.1.0",
        "RELEASE_PRERELEASE": "false",
        "RELEASE_CHANGELOG": "packages/pi-sample/CHANGELOG.md",
    }


def test_versions_are_compared_as_versions(plain: Repository) -> None:
    plain.bump("pi-sample", "0.2.0b1")
    release = resolve_tag(plain.workspace(), "pi-sample-v0.2.0-beta.1")
    assert (release.version, release.prerelease) == ("0.2.0b1", True)


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("v0.1.0", "'v0.1.0' is no release tag"),
        ("pi-sample-0.1.0", "is no release tag"),
        ("pi-other-v0.1.0", "there is no component 'pi-other'; there are pi-sample-base, pi-sample"),
        ("pi-sample-v0.3.0", "says 0.3.0, pyproject.toml says 0.1.0"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(plain: Repository, tag: str, said: str) -> None:
    with pytest.raises(DevkitError, match=said):
        resolve_tag(plain.workspace(), tag)


def test_a_version_without_its_section_is_refused(plain: Repository) -> None:
    plain.edit("packages/pi-sample/pyproject.toml", '"0.1.0"', '"0.2.0"')
    with pytest.raises(DevkitError, match=r"the changelog begins with 0.1.0"):
        resolve_tag(plain.workspace(), "pi-sample-v0.2.0")


def test_what_is_suspended_is_not_released(plain: Repository) -> None:
    plain.edit("components.toml", 'kind = "extension"', 'kind = "extension"\nstate = "suspended"')
    with pytest.raises(DevkitError, match="is 'suspended' and not released"):
        resolve_tag(plain.workspace(), "pi-sample-v0.1.0")


def test_a_heading_that_only_begins_like_a_version_is_none(plain: Repository) -> None:
    plain.edit("packages/pi-sample/CHANGELOG.md", "## 0.1.0", "## 3rd try\n\n## 0.1.0")
    with pytest.raises(DevkitError, match="the changelog begins with 3rd; write its section first"):
        resolve_tag(plain.workspace(), "pi-sample-v0.1.0")


def test_a_changelog_that_is_not_in_utf_8_is_refused(plain: Repository) -> None:
    (plain.sample / "CHANGELOG.md").write_bytes(b"# Changelog\n\xff")
    with pytest.raises(DevkitError, match=r"CHANGELOG\.md' is no text in UTF-8: .*; save it as UTF-8"):
        resolve_tag(plain.workspace(), "pi-sample-v0.1.0")
