"""A pi that nothing pins, from the registry that npm uses."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_testkit.pis import PI_VERSIONS, ProvisionError, UnknownVersionError, candidate
from pi_testkit.pis._catalog import Recipe
from pi_testkit.pis._unpinned import from_registry

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATE = "1.5.0"


def test_a_candidate_runs_and_is_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    install = candidate(CANDIDATE)
    done = subprocess.run([*install.argv, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == install.version == CANDIDATE
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    assert candidate(CANDIDATE) == install


def test_latest_is_a_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # What it would fetch is as large as what the test before fetched; that it asks for a version is enough here.
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(tmp_path / "file" / "cache"))
    (tmp_path / "file").touch()
    said: list[str] = []
    with pytest.raises(ProvisionError, match="cannot write to the cache"):
        candidate(progress=said.append)
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("pi_testkit.pis._install.from_registry", lambda *_args: None)
    with pytest.raises(ProvisionError, match=r"pi [0-9]+\.[0-9]+\.[0-9]+ was fetched but holds no"):
        candidate()


@pytest.mark.parametrize("name", ["9.9.9", "no-such-name"])
def test_what_the_registry_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(UnknownVersionError, match=f"the npm registry has no pi '{name}': `npm view .* versions`"):
        candidate(name)


@pytest.mark.parametrize("name", ["", "--registry=x", "file:/etc", "../x", "1.0.0 evil", "^1"])
def test_what_is_no_name_of_a_version_never_reaches_npm(name: str) -> None:
    with pytest.raises(UnknownVersionError, match="can't be a version of pi"):
        candidate(name)


def test_several_versions_are_no_candidate() -> None:
    with pytest.raises(UnknownVersionError, match=r"'1' is not one version of pi: use one such as 1\.6\.0, or latest"):
        candidate("1")


def test_where_npm_can_t_install_it_and_the_bundle_does_not_start_npm_s_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Which versions cannot be installed differs between registries and days, so both are stood in for.
    def refuse(*_args: str, cwd: Path) -> str:
        raise ProvisionError(f"No matching version found for the-other@1 in {cwd.name}")

    def bundle(_version: str, folder: Path) -> None:
        (folder / "cli.js").write_text("import 'the-other'")

    monkeypatch.setattr("pi_testkit.pis._unpinned.npm", refuse)
    monkeypatch.setattr("pi_testkit.pis._unpinned._bundle_alone", bundle)
    monkeypatch.setattr("pi_testkit.pis._unpinned.unpinned", lambda version: Recipe(version, None, ("cli.js",)))
    with pytest.raises(ProvisionError, match=r"does not run without what can't be had here: .*for the-other@1"):
        from_registry("1.6.0", tmp_path)


def test_without_network_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(ProvisionError, match=r"npm ping"):
        candidate("1.4.0")


def test_a_known_version_needs_no_candidate() -> None:
    assert CANDIDATE not in PI_VERSIONS
