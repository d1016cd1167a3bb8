from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from template_support import CASES, extension, history, render

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["extension", "history", "project", "rendered"]


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every case, rendered; look, and change nothing."""
    folder = tmp_path_factory.mktemp("rendered")
    return {name: render(case, folder) for name, case in CASES.items()}


@pytest.fixture(params=CASES)
def project(request: pytest.FixtureRequest, rendered: dict[str, Path]) -> Path:
    """One case after the other; the folder has its name."""
    return rendered[request.param]
