from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.review import policy

if TYPE_CHECKING:
    from devkit_support import Repository


def _leave_out(repository: Repository, what: str, *rules: str, reason: str = "so it is") -> None:
    rows = "".join(f'{rule} = "{reason}"\n' for rule in rules)
    repository.append("pyproject.toml", f"\n[tool.pi-devkit.policy.{what}]\n{rows}")


def _told(repository: Repository, *names: str) -> set[str]:
    workspace = repository.workspace()
    found = policy(workspace, [workspace.component(name) for name in names])
    return {": ".join(line.split(": ")[:2]) for line in found}


def test_what_a_component_breaks_is_told_with_its_name(plain: Repository) -> None:
    (plain.sample / "CHANGELOG.md").unlink()
    assert "pi-sample: REL003" in _told(plain)
    assert "pi-sample-base: REL003" not in _told(plain)


def test_who_is_not_asked_for_is_not_reviewed(plain: Repository) -> None:
    assert {line.split(":")[0] for line in _told(plain, "pi-sample")} == {"pi-sample"}


def test_what_is_left_out_is_not_told_alone_or_as_a_family(plain: Repository) -> None:
    before = _told(plain, "pi-sample")
    assert {"pi-sample: PY004", "pi-sample: RF001"} <= before
    _leave_out(plain, "packages", "PY", "RF001")
    gone = before - _told(plain, "pi-sample")
    assert "pi-sample: RF001" in gone
    assert all(line.startswith(("pi-sample: PY0", "pi-sample: RF001")) for line in gone)


def test_the_root_has_exceptions_of_its_own(plain: Repository) -> None:
    _leave_out(plain, "packages", "PY004")
    assert "the root: PY004" in _told(plain)
    _leave_out(plain, "root", "PY004")
    assert "the root: PY004" not in _told(plain)


@pytest.mark.parametrize("what", ["root", "packages"])
def test_what_is_left_out_in_vain_is_told(plain: Repository, what: str) -> None:
    _leave_out(plain, what, "PP004")
    assert f"tool.pi-devkit.policy.{what}.PP004 leaves out what is kept; take it out of pyproject.toml" in policy(
        plain.workspace()
    )


def test_what_is_left_out_needs_a_reason(plain: Repository) -> None:
    _leave_out(plain, "root", "PY004", reason=" ")
    with pytest.raises(DevkitError, match=r"policy\.root\.PY004 is ' '; write why it is left out"):
        policy(plain.workspace())


def test_a_package_has_no_exceptions_besides(plain: Repository) -> None:
    plain.append("packages/pi-sample/pyproject.toml", '\n[tool.repo-review]\nignore = ["PY004"]\n')
    assert "pi-sample: PY004" in _told(plain, "pi-sample")
