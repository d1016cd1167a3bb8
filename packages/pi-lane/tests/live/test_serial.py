"""Several terminals, one line of history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_support import Audit, answer, play, start

if TYPE_CHECKING:
    from pathlib import Path

    from lane_stage import Stage

    from pi_testkit import Pi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_l_s2_two_prompts_at_once_make_one_line(lanes: Pi, session: Path, stage: Stage) -> None:
    stage.otherwise = answer
    terminals = start(lanes, session, 2)

    said = play(terminals, 1, extras=False)

    audit = Audit.of(session, lanes.model.requests)
    assert audit.clean, audit
    assert sorted(audit.prompts[1:]) == sorted(said)
    assert [terminal.errors for terminal in terminals] == [[], []]
