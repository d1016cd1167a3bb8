from __future__ import annotations

import subprocess
import sys

import pytest

import pi_testkit


@pytest.mark.parametrize("name", pi_testkit.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pi_testkit, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pi_testkit.nothing


def test_importing_the_package_imports_none_of_its_modules() -> None:
    code = "import sys, pi_testkit; print([name for name in sys.modules if name.startswith('pi_testkit.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
