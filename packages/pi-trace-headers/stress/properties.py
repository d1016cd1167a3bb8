"""The property tests with thousands of examples: ``python packages/pi-trace-headers/stress/properties.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent.parent / "tests"

if __name__ == "__main__":
    files = [_TESTS / "spans" / "test_builder_properties.py", _TESTS / "offline" / "test_replay.py"]
    sys.exit(pytest.main(["-q", "--hypothesis-profile=stress", "--timeout=600", *map(str, files)]))
