"""Users with and without pi."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_support import User, with_pi

from pi_testkit import PiHome, provision

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit.pi import Pi


@pytest.fixture
def bare(tmp_path: Path) -> User:
    """A user without pi and without Node, but with the pi of the test kit."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return User(PiHome(tmp_path / "pi"), folder)


@pytest.fixture
def user(pi: Pi, tmp_path: Path) -> User:
    """A user who has pi and Node on the path; once for each version of pi."""
    return with_pi(User(pi.home, tmp_path), pi.install)


@pytest.fixture
def newest(bare: User) -> User:
    """A user who has pi 1.5.2 and Node on the path, and no model."""
    return with_pi(bare, provision("1.5.2"))
