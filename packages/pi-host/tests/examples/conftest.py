from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi, PluginWriter

EXAMPLES = Path(__file__).parents[4] / "examples"


@pytest.fixture
def example(request: pytest.FixtureRequest) -> Path:
    """The example that the test module is named after."""
    return EXAMPLES / f"{request.path.stem.removeprefix('test_')}.py"


@pytest.fixture
def real(hosted_pi: Pi, plugin: PluginWriter, example: Path) -> Pi:
    """Real pi with it, installed as its docstring says."""
    plugin(example.stem, example)
    return hosted_pi


@pytest.fixture
def fake(fake_pi: type[FakePi], example: Path) -> FakePi:
    """The in-memory pi with it."""
    return fake_pi(example)
