"""Fixtures for the tests of hooks; their helper modules are put on the path."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hooked import Hooked

    from pi_testkit import Pi, PiInstall, ScriptedModel


def _model() -> ScriptedModel:
    from pi_testkit import ModelSpec, ScriptedModel  # noqa: PLC0415  # starting pytest imports no HTTP server

    return ScriptedModel(models=[ModelSpec("scripted-1", reasoning=True, cost=(1, 1, 0.1, 0)), "scripted-2"])


@pytest.fixture
def scripted_model() -> Iterator[ScriptedModel]:
    """A model with an empty script, which can think and costs money."""
    with _model() as model:
        yield model


@pytest.fixture
def hooked(pi: Pi, tmp_path: Path) -> Hooked:
    """Real pi that runs the Python plugins a test writes; once for each version."""
    from hooked import Hooked  # noqa: PLC0415  # on the path since this module was loaded

    return Hooked(pi, tmp_path)


@pytest.fixture(scope="session")
def tour(pi_install: PiInstall, tmp_path_factory: pytest.TempPathFactory) -> Hooked:
    """What a watching plugin saw on one walk through pi, see ``tour.py``; once for each version."""
    from tour import walk  # noqa: PLC0415  # as above

    with _model() as model:
        return walk(pi_install, model, tmp_path_factory.mktemp("tour"))
