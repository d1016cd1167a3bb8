from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_session_persistence.demo import act
from pi_testkit import PiHome

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host.demo import Step
    from pi_testkit import PiInstall


@pytest.mark.pi_versions("1.5.2")
def test_the_act_goes_as_it_should(pi_install: PiInstall, tmp_path: Path) -> None:
    told: list[Step] = []
    outcome = act(pi_install, PiHome(tmp_path), told.append)
    assert [check for check, held in outcome.checks.items() if not held] == []
    assert len(outcome.checks) == 5
    assert outcome.steps == told
    assert any(step.text.startswith("repaired before the run") for step in told)
