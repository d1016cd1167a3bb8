"""Several terminals that all talk at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_support import Audit, answer, await_shells, play, start

if TYPE_CHECKING:
    from pathlib import Path

    from lane_stage import Stage

    from pi_testkit import Pi

pytestmark = pytest.mark.pi_since("0.87.1")


@pytest.mark.parametrize(("count", "kind"), [(4, "existing"), (3, "new")])
def test_nothing_is_lost_and_nothing_forks(lanes: Pi, session: Path, stage: Stage, count: int, kind: str) -> None:
    stage.otherwise = answer
    file = session if kind == "existing" else session.with_name("new.jsonl")
    terminals = start(lanes, file, count)

    said = play(terminals, 3, timeout=55)
    await_shells(file, len(said), timeout=20)

    audit = Audit.of(file, lanes.model.requests)
    assert audit.clean, audit
    assert sorted(audit.prompts[len(audit.prompts) - len(said) :]) == sorted(said)
    assert sorted(audit.shells) == sorted(f"echo shell-{text}" for text in said)
    assert sorted(audit.names) == sorted(f"named by {text}" for text in said)
    assert [terminal.errors for terminal in terminals] == [[]] * count
    assert [r["message"] for t in terminals for r in t.ui_requests if r["method"] == "notify"] == []
