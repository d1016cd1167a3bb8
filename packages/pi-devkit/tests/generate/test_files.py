from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pi_devkit import generate
from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from devkit_support import Repository

FORM = ".github/ISSUE_TEMPLATE/bug.yml"


def test_what_was_written_is_right(plain: Repository) -> None:
    assert generate.drift(plain.workspace()) == []
    assert generate.write(plain.workspace()) == []


def test_a_missing_file_is_told(plain: Repository) -> None:
    (plain.root / ".github/CODEOWNERS").unlink()
    assert generate.drift(plain.workspace()) == [".github/CODEOWNERS is missing; `pi-devkit sync` writes it"]


def test_one_byte_more_is_told_and_mended(plain: Repository) -> None:
    plain.append("release-please-config.json", "\n")
    (line,) = generate.drift(plain.workspace())
    assert line.startswith("release-please-config.json is not what components.toml says")
    assert generate.write(plain.workspace()) == ["release-please-config.json"]


def test_release_please_bumps_the_lock_and_the_readme(plain: Repository) -> None:
    config = json.loads((plain.root / "release-please-config.json").read_text())
    lock, readme = config["packages"]["packages/pi-sample"]["extra-files"]
    assert lock["jsonpath"] == "$.package[?(@.name.value=='pi-sample')].version"
    assert readme == {"type": "generic", "path": "README.md"}


def test_the_manifest_has_the_versions(plain: Repository) -> None:
    assert plain.manifest() == {"packages/pi-sample-base": "0.1.0", "packages/pi-sample": "0.1.0"}


def test_what_is_not_ready_is_left_to_its_folder(plain: Repository) -> None:
    plain.edit("components.toml", 'kind = "library"', 'kind = "library"\nstate = "not-ready"')
    generate.write(plain.workspace())
    assert plain.manifest() == {"packages/pi-sample": "0.1.0"}


def test_a_component_has_the_owners_it_names(plain: Repository) -> None:
    plain.edit("components.toml", 'kind = "library"', 'kind = "library"\nowners = ["@one", "@two"]')
    generate.write(plain.workspace())
    lines = (plain.root / ".github/CODEOWNERS").read_text().splitlines()
    assert "/packages/pi-sample-base/ @one @two" in lines
    assert "/packages/pi-sample/ @team" in lines
    assert lines[1] == "* @team"


def test_the_form_lists_the_components_and_keeps_the_rest(plain: Repository) -> None:
    head, tail = "options:\n", "  - other\n"
    plain.write(FORM, f"{head}  # components: begin\n  - old\n  # components: end\n{tail}")
    generate.write(plain.workspace())
    rows = "  - pi-sample-base\n  - pi-sample\n"
    assert (plain.root / FORM).read_text() == f"{head}  # components: begin\n{rows}  # components: end\n{tail}"


def test_a_form_without_the_place_for_them_is_an_error(plain: Repository) -> None:
    plain.write(FORM, "options: []\n")
    with pytest.raises(DevkitError, match="components: begin"):
        generate.generated(plain.workspace())


@pytest.mark.parametrize("schema", ["dependabot"])
def test_the_forge_takes_what_is_generated(plain: Repository, schema: str) -> None:
    path = plain.root / f".github/{schema}.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
