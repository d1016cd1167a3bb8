from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.demo import act
from pi_testkit import PiHome

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host.demo import Step
    from pi_testkit import PiInstall


@pytest.mark.pi_versions("1.5.2")
def test_the_act_goes_as_scripted(pi_install: PiInstall, tmp_path: Path) -> None:
    told: list[Step] = []
    outcome = act(pi_install, PiHome(tmp_path / "pi"), told.append)
    assert outcome.checks == dict.fromkeys(outcome.checks, True)
    assert len(outcome.checks) == 4
    assert outcome.steps == told
