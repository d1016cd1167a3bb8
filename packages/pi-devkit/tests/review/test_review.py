from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from repo_review.processor import CollectionReturn, collect_all, process

from pi_devkit.review import checks, families

if TYPE_CHECKING:
    from devkit_support import Repository

CHECKS = checks()


def _ask(repository: Repository, check: str) -> Any:
    names = CHECKS[check].check.__code__.co_varnames[: CHECKS[check].check.__code__.co_argcount]
    given = {"root": repository.root, "package": repository.sample}
    return CHECKS[check].check(**{name: given[name] for name in names})


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_component_passes(plain: Repository, check: str) -> None:
    plain.write(".github/VOUCHED.td", "# Who may contribute.\nada\n")
    assert _ask(plain, check) is True


def test_each_family_has_a_name() -> None:
    assert {check.family for check in CHECKS.values()} == set(families())


def _no_entry_point(repository: Repository) -> None:
    repository.edit("packages/pi-sample/pyproject.toml", "pi_host.plugins", "pi_host.other")


def _own_workflows(repository: Repository) -> None:
    repository.write("packages/pi-sample/.github/workflows/x.yml", "")


def _front_matter(repository: Repository) -> None:
    repository.write("packages/pi-sample/README.md", "---\nsummary: x\n---\n# x\n")


def _bare_suppression(repository: Repository) -> None:
    repository.append("packages/pi-sample/src/pi_sample/__init__.py", "import os  # noqa" + "\n")


def _no_row(repository: Repository) -> None:
    text = (repository.root / "components.toml").read_text()
    repository.write("components.toml", text[: text.index("[components.pi-sample]")])


def _no_licence(repository: Repository) -> None:
    repository.edit("packages/pi-sample/pyproject.toml", 'license = "MIT"\n', "")


def _no_changelog(repository: Repository) -> None:
    (repository.sample / "CHANGELOG.md").unlink()


def _second_owners(repository: Repository) -> None:
    repository.write("CODEOWNERS", "* @team\n")


def _no_owner(repository: Repository) -> None:
    repository.edit(".github/CODEOWNERS", "/packages/pi-sample/ @team\n", "")


def _trust_in_disorder(repository: Repository) -> None:
    repository.write(".github/VOUCHED.td", "grace\nada\n")


def _denounced_owner(repository: Repository) -> None:
    repository.write(".github/VOUCHED.td", "-team spam\n")


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        ("PI001", _no_entry_point),
        ("PI002", _own_workflows),
        ("PI003", _front_matter),
        ("PI004", _bare_suppression),
        ("REL001", _no_row),
        ("REL002", _no_licence),
        ("REL003", _no_changelog),
        ("OWN001", _second_owners),
        ("OWN002", _no_owner),
        ("VCH001", _trust_in_disorder),
        ("VCH002", _denounced_owner),
    ],
)
def test_a_defect_is_told(plain: Repository, check: str, spoil: Any) -> None:
    spoil(plain)
    assert isinstance(_ask(plain, check), str)


def test_repo_review_runs_them(plain: Repository) -> None:
    plain.write(".github/VOUCHED.td", "ada\n")
    there = collect_all(plain.root, subdir="packages/pi-sample")
    ours = CollectionReturn(fixtures=there.fixtures, checks=checks(), families=families())
    _, results = process(plain.root, subdir="packages/pi-sample", collected=ours)
    assert {result.name: result.result for result in results} == dict.fromkeys(CHECKS, True)
