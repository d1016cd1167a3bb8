from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[3] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_a_test_and_says_how_to_install_it(path: Path) -> None:
    assert (HERE / f"test_{path.name}").is_file()
    assert f"``cp {path.name} ~/.pi/agent/python/``" in path.read_text("utf-8")
