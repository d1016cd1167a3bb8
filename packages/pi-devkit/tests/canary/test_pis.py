from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.canary import find_pi
from pi_testkit import provision

if TYPE_CHECKING:
    from pathlib import Path


def test_a_version_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DevkitError, match=r"the npm registry has no pi '9\.9\.9'.*VERSION=PATH"):
        find_pi("9.9.9")


def test_a_candidate_is_fetched_by_its_name() -> None:
    found = find_pi("1.5.0")
    assert (found.version, found.install.version) == ("1.5.0", "1.5.0")
    assert found.install.cli.is_file()


def test_a_candidate_is_found_in_its_folder() -> None:
    package = provision("1.5.2").cli.parents[2]
    found = find_pi(f"1.6.0={package}")
    assert (found.version, found.install.cli.name) == ("1.6.0", "cli.js")


def test_a_candidate_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DevkitError, match="there is no pi at"):
        find_pi(f"1.6.0={tmp_path}")
