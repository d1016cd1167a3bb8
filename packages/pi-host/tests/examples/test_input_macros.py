from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")

MACROS = {"review": "Review {branch}.", "short": "Be short."}


def test_the_model_gets_the_long_text(real: Pi) -> None:
    command = ["git", "init", "-q", "-b", "topic"]
    subprocess.run(command, cwd=real.home.cwd, check=True)
    lines = [f'{name} = "{text}"' for name, text in MACROS.items()]
    (real.home.agent_dir / "pi-host.toml").write_text("\n".join(["[plugins.input_macros.macros]", *lines]))
    real.model.add(Say("done"))
    real.rpc().prompt(";;review ;;short")
    assert real.model.requests[0].texts("user") == ["Review topic. Be short."]


@pytest.fixture
def configured(fake_pi: type[FakePi], example: Path) -> FakePi:
    return fake_pi(example, config={"plugins": {"input_macros": {"macros": MACROS}}})


def test_what_is_no_macro_stays(configured: FakePi) -> None:
    assert configured.fire("input", text="for (;;i) ;;unknown").answer is None


def test_outside_of_a_repository_there_is_no_branch(configured: FakePi) -> None:
    configured.answer("pi.exec", {"stdout": "", "stderr": "not a repository", "code": 128})
    assert configured.fire("input", text=";;review").answer["text"] == "Review no branch."
