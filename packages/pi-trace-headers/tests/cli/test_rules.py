from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

CONFIG = """
[plugins.trace-headers]
gateway = "opper"
opt_out = "ignore"
[[plugins.trace-headers.rule]]
match = { provider = "work", host = "*.example.com" }
headers = { X-Run = "{run.id}", X-Team = "a team" }
when = { mode = ["print"], session = "file" }
"""


def test_the_rules_are_explained(pi_trace: Run, agent_dir: Path) -> None:
    (agent_dir / "pi-host.toml").write_text(CONFIG)
    code, out, _ = pi_trace("rules", "check")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == f"read: {agent_dir}/pi-host.toml"
    assert "plugins.trace-headers.gateway provider opper* or host *.opper.ai X-Opper-Trace-Id {trace.uuid}" in lines
    assert "X-Opper-Parent-Span-Id {trace.uuid}" in lines
    assert any("mode print, session in file" in line for line in lines)


def test_a_request_is_rehearsed(pi_trace: Run, agent_dir: Path) -> None:
    (agent_dir / "pi-host.toml").write_text(CONFIG)
    _, out, _ = pi_trace("rules", "check", "--provider", "opper", "--json")
    assert set(json.loads(out)["headers"]) == {"X-Opper-Trace-Id", "X-Opper-Parent-Span-Id"}
    url = "https://llm.example.com/v1"
    _, out, _ = pi_trace("rules", "check", "--provider", "work", "--base-url", url, "--mode", "print", "--json")
    assert json.loads(out)["headers"] == {"X-Run": "0a1b2c3d", "X-Team": "a team"}
    _, out, _ = pi_trace("rules", "check", "--provider", "work")
    assert "A request to 'work' would carry none of these headers." in out


def test_the_project_s_rules_are_read_too(pi_trace: Run, agent_dir: Path, tmp_path: Path) -> None:
    (agent_dir / "pi-host.toml").write_text('[plugins.trace-headers]\ngateway = "opper"\n')
    (tmp_path / "project" / ".pi").mkdir(parents=True)
    (tmp_path / "project" / ".pi" / "pi-host.toml").write_text('[plugins.trace-headers]\ngateway = "litellm"\n')
    _, out, _ = pi_trace("rules", "check", "--json", cwd=tmp_path / "project")
    (rule,) = json.loads(out)["rules"]
    assert "x-litellm-trace-id" in rule["headers"]


def test_no_configuration_is_no_mistake(pi_trace: Run, agent_dir: Path) -> None:
    code, out, _ = pi_trace("rules", "check")
    assert code == 0
    assert (
        out
        == f"read: nothing; there is no {agent_dir}/pi-host.toml\nThere are no rules, so nothing is sent to anybody.\n"
    )


def test_who_opted_out_is_told(pi_trace: Run, agent_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    (agent_dir / "pi-host.toml").write_text('[plugins.trace-headers]\ngateway = "opper"\n')
    _, out, _ = pi_trace("rules", "check")
    assert 'Nothing is sent, because DO_NOT_TRACK says so; opt_out = "ignore" overrules it.' in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[plugins.trace-headers]\ngateway = 'oper'",
            "pi-host.toml: plugins.trace-headers.gateway: there is no preset",
        ),
        ("[plugins.trace-headers\n", "pi-host.toml: Expected ']'"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_file(pi_trace: Run, agent_dir: Path, text: str, message: str) -> None:
    (agent_dir / "pi-host.toml").write_text(text)
    code, out, err = pi_trace("rules", "check")
    assert (code, out) == (1, "")
    assert err.startswith(f"pi-trace: {agent_dir}/")
    assert message in err
    assert err.count("\n") == 1


def test_the_variables_are_listed(pi_trace: Run) -> None:
    _, out, _ = pi_trace("rules", "variables")
    assert "{session.id}" in out
    assert "{env.NAME}" in out
