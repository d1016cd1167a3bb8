"""A small repository, and wheels of the host for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from devkit_support import Repository

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def host_wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of pi-host and pi-testkit, which no index has yet."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in ("pi-host", "pi-testkit"):
        command = ["uv", "build", "--wheel", "-q", str(ROOT / "packages" / name), "--out-dir", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def plain(tmp_path: Path) -> Repository:
    """A repository with two good components, for tests that install nothing."""
    return Repository(tmp_path / "repository")


@pytest.fixture
def repository(tmp_path: Path, host_wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with two good components."""
    monkeypatch.setenv("UV_FIND_LINKS", str(host_wheels))
    return Repository(tmp_path / "repository")
