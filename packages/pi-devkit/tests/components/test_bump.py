from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.components import bump

if TYPE_CHECKING:
    from devkit_support import Repository

PYPROJECT = "packages/pi-sample/pyproject.toml"


def _bump(repository: Repository, version: str) -> list[str]:
    workspace = repository.workspace()
    changed = bump(workspace, workspace.component("pi-sample-base"), version)
    return [path.relative_to(repository.root).as_posix() for path in changed]


def test_the_version_is_raised_and_comments_stay(plain: Repository) -> None:
    path = "packages/pi-sample-base/pyproject.toml"
    plain.edit(path, 'keywords = ["pi"]', 'keywords = ["pi"]  # so that it is found')
    before = (plain.root / path).read_text()
    assert _bump(plain, "0.2.0") == [path, "uv.lock"]
    assert (plain.root / path).read_text() == before.replace('"0.1.0"', '"0.2.0"')


def test_marked_links_of_the_readme_name_the_new_version(plain: Repository) -> None:
    marks = "<!-- x-release-please-start-version -->\n{}\n<!-- x-release-please-end -->\nsince 0.1.0\n"
    plain.write("packages/pi-sample-base/README.md", marks.format("[docs](blob/pi-sample-base-v0.1.0/docs.md)"))
    assert "packages/pi-sample-base/README.md" in _bump(plain, "0.2.0")
    said = (plain.root / "packages/pi-sample-base/README.md").read_text()
    assert said == marks.format("[docs](blob/pi-sample-base-v0.2.0/docs.md)")


def test_only_its_entry_of_the_lock_is_changed(plain: Repository) -> None:
    before = (plain.root / "uv.lock").read_text()
    _bump(plain, "0.2.0")
    wanted = before.replace('name = "pi-sample-base"\nversion = "0.1.0"', 'name = "pi-sample-base"\nversion = "0.2.0"')
    assert (plain.root / "uv.lock").read_text() == wanted


def test_a_bound_that_waits_for_it_is_raised_and_its_marker_goes(plain: Repository) -> None:
    old = '"pi-sample-base>=0.1.0,<1", "pi-host>=0.1.0,<1"]'
    plain.edit(PYPROJECT, old, '\n  "pi-sample-base>=0.1.0,<1",  # pi-devkit: next\n  "pi-host>=0.1.0,<1",\n]')
    assert _bump(plain, "0.2.0")[-1] == PYPROJECT
    assert '\n  "pi-sample-base>=0.2.0,<1",\n  "pi-host>=0.1.0,<1",\n' in (plain.root / PYPROJECT).read_text()


def test_another_bound_stays(plain: Repository) -> None:
    assert PYPROJECT not in _bump(plain, "0.2.0")


@pytest.mark.parametrize(("version", "said"), [("0.1.0", "is not newer"), ("new", "'new' is no version")])
def test_a_version_that_is_none_or_old_is_refused(plain: Repository, version: str, said: str) -> None:
    with pytest.raises(DevkitError, match=said):
        _bump(plain, version)
