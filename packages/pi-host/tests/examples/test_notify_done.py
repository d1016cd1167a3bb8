from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_the_program_is_run_after_a_long_run_only(real: Pi, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = [sys.executable, "-c", f"import sys; open({str(told)!r}, 'a').write(sys.argv[-1] + '\\n')"]
    options = f"[plugins.notify_done]\nseconds = 0.5\nprogram = {json.dumps(program)}\n"
    (real.home.agent_dir / "pi-host.toml").write_text(options)
    real.model.add(Say("quick"), Say("slow", delay=0.6))
    rpc = real.rpc()
    rpc.prompt("go")
    assert not told.exists()
    rpc.prompt("go")
    assert told.read_text() == "work: done after 1 s\n"


@pytest.fixture
def eager(fake_pi: type[FakePi], example: Path) -> FakePi:
    return fake_pi(example, config={"plugins": {"notify_done": {"seconds": 0, "program": ["say"]}}})


def settle(fake: FakePi, *, aborted: bool = False, **ended: Any) -> None:
    fake.answer("pi.exec", {"stdout": "", "stderr": "", "code": 0} | ended)
    fake.fire("agent_start")
    fake.fire("agent_settled", aborted=aborted)


def test_the_text_is_the_last_argument(eager: FakePi) -> None:
    settle(eager)
    assert eager.calls[0].params["command"] == "say"
    assert eager.calls[0].params["args"][-1].endswith(": done after 0 s")


def test_a_run_that_the_user_stopped_is_not_told(eager: FakePi) -> None:
    settle(eager, aborted=True)
    assert eager.calls == []


def test_a_program_that_fails_is_told(eager: FakePi) -> None:
    settle(eager, stderr="no display\n", code=1)
    assert eager.notices == [("say failed: no display", "warning")]
