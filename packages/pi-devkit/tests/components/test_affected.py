from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.components import affected, changed_files, matrix

if TYPE_CHECKING:
    from devkit_support import Repository


def _names(repository: Repository, *files: str) -> list[str]:
    return [component.name for component in affected(repository.workspace(), files)]


def test_a_change_concerns_its_component(plain: Repository) -> None:
    assert _names(plain, "packages/pi-sample/README.md") == ["pi-sample"]


def test_a_change_concerns_what_depends_on_it_too(plain: Repository) -> None:
    assert _names(plain, "packages/pi-sample-base/README.md") == ["pi-sample-base", "pi-sample"]


def test_a_change_of_what_all_share_concerns_all(plain: Repository) -> None:
    assert _names(plain, "uv.lock") == ["pi-sample-base", "pi-sample"]


def test_a_change_elsewhere_concerns_none(plain: Repository) -> None:
    assert _names(plain, "docs/x.md") == []


def test_a_file_among_the_members_that_is_in_none_is_an_error(plain: Repository) -> None:
    with pytest.raises(DevkitError, match=r"'packages/pi-new/x.py' belongs to no component"):
        _names(plain, "packages/pi-new/x.py")


def test_changes_since_a_branch_include_what_is_not_committed(plain: Repository) -> None:
    plain.git("checkout", "-q", "-b", "work")
    plain.append("packages/pi-sample-base/README.md", "more\n")
    plain.commit()
    plain.write("packages/pi-sample/new.txt", "x")
    assert changed_files(plain.workspace(), "main") == [
        "packages/pi-sample-base/README.md",
        "packages/pi-sample/new.txt",
    ]


@pytest.mark.parametrize("base", ["nowhere", "--output=x"])
def test_a_base_that_git_does_not_know_is_refused(plain: Repository, base: str) -> None:
    with pytest.raises(DevkitError, match=f"git knows no commit {base!r}"):
        changed_files(plain.workspace(), base)


def test_the_matrix_has_what_is_released(plain: Repository) -> None:
    plain.edit("components.toml", 'kind = "library"', 'kind = "library"\nstate = "suspended"')
    workspace = plain.workspace()
    row = {"component": "pi-sample", "path": "packages/pi-sample", "kind": "extension", "version": "0.1.0"}
    assert matrix(workspace, workspace.components) == {"include": [row]}
