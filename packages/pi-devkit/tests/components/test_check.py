from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.components import Workspace, affected, problems
from pi_devkit.generate import generated

if TYPE_CHECKING:
    from devkit_support import Repository

PYPROJECT = "packages/pi-sample/pyproject.toml"


def _only(repository: Repository) -> str:
    (line,) = problems(repository.workspace())
    return line


def test_a_good_repository_has_no_problems(plain: Repository) -> None:
    assert problems(plain.workspace()) == []


def test_a_member_without_a_table_is_told(plain: Repository) -> None:
    plain.write("packages/pi-more/pyproject.toml", "[project]\n")
    assert _only(plain).startswith("packages/pi-more is a member of the workspace, but no component")


def test_a_table_without_a_member_is_told(plain: Repository) -> None:
    plain.append(
        "components.toml", '\n[components.pi-gone]\npath = "packages/gone"\nkind = "tool"\nimport = "pi_gone"\n'
    )
    assert _only(plain).startswith("pi-gone: 'packages/gone' is no member")


def test_two_components_of_one_folder_are_told(plain: Repository) -> None:
    plain.edit("components.toml", 'path = "packages/pi-sample-base"', 'path = "packages/pi-sample"')
    found = problems(plain.workspace())
    assert "pi-sample-base: another component has the folder 'packages/pi-sample' too" in found


def test_another_name_in_pyproject_is_told(plain: Repository) -> None:
    plain.edit(PYPROJECT, 'name = "pi-sample"', 'name = "pi-simple"')
    assert "calls it 'pi-simple'" in _only(plain)


def test_a_version_that_is_none_is_told(plain: Repository) -> None:
    plain.edit(PYPROJECT, '"0.1.0"', '"soon"')
    assert "`project.version` is 'soon', which is no version" in _only(plain)


def test_a_sibling_from_elsewhere_is_told(plain: Repository) -> None:
    plain.edit(PYPROJECT, "pi-sample-base = { workspace = true }", 'pi-sample-base = { path = "../pi-sample-base" }')
    assert "a sibling is always `{ workspace = true }`" in _only(plain)


def test_an_address_of_another_repository_is_told(plain: Repository) -> None:
    plain.edit(PYPROJECT, "extensions/issues", "other/issues")
    assert "project.urls.Issues is 'https://example.org/team/other/issues'" in _only(plain)


def test_what_a_sibling_does_not_make_public_is_told(plain: Repository) -> None:
    plain.edit("components.toml", 'pi-sample-base = ["pi_sample_base"]', 'pi-sample-base = ["pi_sample_base._inner"]')
    assert _only(plain) == "pi-sample: consumes 'pi_sample_base._inner', which pi-sample-base does not list in `public`"


def test_a_friend_may_consume_what_is_private(plain: Repository) -> None:
    plain.edit("components.toml", 'pi-sample-base = ["pi_sample_base"]', 'pi-sample-base = ["pi_sample_base._inner"]')
    plain.edit("components.toml", 'public = ["pi_sample_base"]', 'public = ["pi_sample_base"]\nfriends = ["pi-sample"]')
    assert problems(plain.workspace()) == []


def test_a_waiver_that_ended_is_told(plain: Repository) -> None:
    row = '[[components.pi-sample.waivers]]\ncheck = "R22"\nreason = "slow"\nuntil = 2020-01-01\n'
    plain.append("components.toml", f"\n{row}")
    assert "its waiver of R22 ended on 2020-01-01" in _only(plain)


@pytest.mark.parametrize("name", ["tests/docs", "src", "tests/../README.md"])
def test_tests_of_the_repository_that_are_none_are_told(plain: Repository, name: str) -> None:
    plain.edit("components.toml", 'import = "pi_sample"', f'import = "pi_sample"\nrepository-tests = ["{name}"]')
    assert _only(plain).startswith(f"pi-sample: repository-tests names {name!r}")


def test_a_pi_that_has_no_profile_is_told(plain: Repository) -> None:
    plain.edit("components.toml", 'import = "pi_sample"', 'import = "pi_sample"\npi = ["0.1.0"]')
    assert "names pi '0.1.0'" in _only(plain)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'dependencies = ["pi-sample-base>=0.1.0,<1", "pi-host>=0.1.0,<1"]',
            "dependencies = [1]",
            "dependencies is [1]",
        ),
        ('"pi-host>=0.1.0,<1"', '"not a requirement!"', "project.dependencies has one that can't be read: "),
        ("[project.urls]", 'optional-dependencies = "x"\n[project.urls]', "project.optional-dependencies is 'x'"),
        ("[project.urls]", 'optional-dependencies.x = "y"\n[project.urls]', "project.optional-dependencies.x is 'y'"),
    ],
)
def test_requirements_that_are_none_are_told(plain: Repository, old: str, new: str, said: str) -> None:
    plain.edit(PYPROJECT, old, new)
    line = _only(plain)
    assert line.startswith("pi-sample: pi-sample: project.")
    assert said in line


def test_addresses_that_are_no_table_are_told(plain: Repository) -> None:
    text = (plain.sample / "pyproject.toml").read_text("utf-8")
    rows = text[text.index("[project.urls]") : text.index("[project.entry-points")]
    plain.edit(PYPROJECT, rows, "\n")
    plain.edit(PYPROJECT, "[project]\n", '[project]\nurls = "https://example.org"\n')
    assert _only(plain).startswith("pi-sample: project.urls is 'https://example.org'; write a table with Source")


def test_sources_that_are_no_table_are_told(plain: Repository) -> None:
    plain.edit(PYPROJECT, "[tool.uv.sources]\npi-sample-base = { workspace = true }", "[tool.uv]\nsources = 1")
    assert _only(plain) == "pi-sample: tool.uv.sources is 1; write a table"


def test_a_project_that_is_not_in_utf_8_is_told(plain: Repository) -> None:
    (plain.sample / "pyproject.toml").write_bytes(b'[project]\nname = "\xe4"\n')
    line = _only(plain)
    assert "pyproject.toml' is no text in UTF-8: invalid continuation byte at byte 18; save it as UTF-8" in line


def test_a_list_of_components_that_is_not_in_utf_8_is_refused(plain: Repository) -> None:
    (plain.root / "components.toml").write_bytes(b"# \xff\n")
    with pytest.raises(DevkitError, match=r"components\.toml' is no text in UTF-8: .*; save it as UTF-8"):
        Workspace.find(plain.root)


def test_a_requirement_of_a_sibling_that_is_none_is_refused_where_it_is_needed(plain: Repository) -> None:
    plain.edit("packages/pi-sample-base/pyproject.toml", "dependencies = []", "dependencies = [1]")
    workspace = plain.workspace()
    with pytest.raises(DevkitError, match=r"pi-sample-base: project.dependencies is \[1\]; write a list of texts"):
        workspace.siblings(workspace.component("pi-sample"))


def test_of_what_was_removed_only_the_name_is_kept(plain: Repository) -> None:
    gone = 'path = "packages/pi-gone"\nkind = "library"\nstate = "removed"\nimport = "pi_gone"\n'
    plain.append("components.toml", f"\n[components.pi-gone]\n{gone}")
    workspace = plain.workspace()
    assert problems(workspace) == []
    assert [one.name for one in affected(workspace, ["packages/pi-sample-base/README.md"])] == [
        "pi-sample-base",
        "pi-sample",
    ]
    assert "pi-gone" not in "".join(generated(workspace).values())
    assert workspace.component("pi-gone").state == "removed"


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        ('">=3.13"', "requires Python >=3.13, and a Python that one package refuses, 3.11, is lost to the workspace"),
        ('"3.11 or newer"', "project.requires-python is '3.11 or newer'; write a bound like '>=3.11'"),
        ("3", "project.requires-python is 3; write a bound like '>=3.11'"),
    ],
)
def test_a_python_that_one_package_takes_from_all_is_told(plain: Repository, requires: str, said: str) -> None:
    plain.edit(PYPROJECT, 'requires-python = ">=3.11"', f"requires-python = {requires}")
    assert said in _only(plain)
