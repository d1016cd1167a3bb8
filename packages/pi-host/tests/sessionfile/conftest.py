"""pi's own session manager beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sessionfile_support import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

#: `--hypothesis-profile many` looks for differences to pi for as long as it takes.
settings.register_profile("many", max_examples=3000)


@pytest.fixture(scope="module", params=["1.5.2", "0.87.1"])
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reference]:
    """pi's session manager."""
    with Reference(request.param, tmp_path_factory.mktemp("files")) as reference:
        yield reference
