from __future__ import annotations

import pytest

from pi_autonomous_session_control.mirror import (
    Began,
    Call,
    Change,
    Event,
    Marked,
    Result,
    Run,
    RunnerReport,
    Trapped,
    Turn,
    TurnEnded,
    UserShell,
)

NOW = 1_790_000_000_000
EVIL = "<script>alert(1)</script>\x1b[31m"


@pytest.fixture
def events() -> list[Event]:
    """A session with a bit of everything, and with texts that want out."""
    report = RunnerReport("pytest", 1, 1, 0, ("test_a",))
    told: list[Event] = [
        Began(at=NOW, reason="startup", cwd="/work"),
        Run(at=NOW, prompt=EVIL),
        Turn(at=NOW),
        Call(at=NOW + 1, call="c0", tool="edit", what="a.py"),
        Result(at=NOW + 2, call="c0", tool="edit", what="a.py"),
        Change(at=NOW + 2, call="c0", path="a.py", op="modify", by="edit", digest="1"),
        TurnEnded(at=NOW + 3, tokens=1200, cost=0.01),
    ]
    for number in range(1, 4):
        at, call = NOW + 10 * number, f"c{number}"
        told += [
            Turn(at=at),
            Call(at=at + 1, call=call, tool="bash", what=f"pytest {EVIL}"),
            Result(
                at=at + 2,
                call=call,
                tool="bash",
                what="pytest",
                failed=True,
                message=EVIL,
                tests=report,
                ms=1,
                digest="x",
            ),
            TurnEnded(at=at + 3, tokens=100),
        ]
    return [
        *told,
        Change(at=NOW + 90, path=f"b{EVIL}.md", op="delete", by="user"),
        UserShell(at=NOW + 91, command=EVIL),
        Trapped(at=NOW + 92, trap="t", level="block", outcome="blocked", tool="bash", description=EVIL),
        Marked(at=NOW + 93, id="c", label="l", reason=EVIL),
    ]
