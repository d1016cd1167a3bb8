from __future__ import annotations

import pytest

from pi_trace_headers._versions import at_least


@pytest.mark.parametrize("version", ["0.80.4", "0.80.10", "0.81.0", "1.5.2", "0.80.4-beta.1"])
def test_new_enough(version: str) -> None:
    assert at_least(version, 0, 80, 4)


@pytest.mark.parametrize("version", ["0.80.3", "0.74.2", "", "unknown"])
def test_too_old_or_unknown(version: str) -> None:
    assert not at_least(version, 0, 80, 4)
