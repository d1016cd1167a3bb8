"""For each of pi's events: a plugin that raises, one that hangs, one that takes the process down."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pi_host._catalog import CATALOG
from pi_host.launch import BRIDGE, environment
from pi_testkit import PiHome
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from pi_host._base import EventInfo

FAILURES = {
    "raises": ("    raise ValueError('went wrong')", "ValueError: went wrong"),
    "hangs": ("    await asyncio.sleep(60)", "no answer within 0.2 s"),
    "crashes": ("    os._exit(3)", "the Python host is gone (exit code 3)"),
}

#: The fields that the event classes require, as far as an empty object does not do.
PAYLOADS: dict[str, dict[str, Any]] = {
    "agent_before_settle": {"entries": [], "continue": False, "outcome": "completed", "context": {}},
    "agent_end": {"messages": []},
    "before_agent_start": {"systemPrompt": "", "systemPromptOptions": {}},
    "before_provider_headers": {"headers": {}},
    "before_provider_request": {"payload": {}},
    "context": {"messages": []},
    "context_with_system": {"messages": []},
    "message_update": {"message": {}, "assistantMessageEvent": {"type": "text_delta", "partial": {}}},
    "session_before_compact": {"preparation": {}, "branchEntries": [], "reason": "manual", "willRetry": False},
    "session_before_tree": {"preparation": {}},
    "tool_call": {"toolName": "bash", "toolCallId": "1", "input": {}},
    "turn_end": {"message": {}, "toolResults": [], "turnIndex": 0, "entries": [], "continue": False, "context": {}},
}
#: Anything that any other event may require; what it does not know it ignores.
ANYTHING: dict[str, Any] = {
    key: value
    for keys, value in (
        ("cwd reason entryId position text source command toolCallId toolName kind provider api model action", "x"),
        ("level previousLevel outcome", "x"),
        ("args input details headers message compactionEntry result partialResult", {}),
        ("servers content data", []),
        ("aborted willRetry fromExtension isError excludeFromContext", False),
        ("turnIndex timestamp status warmCost missCost continuationProbability", 1),
    )
    for key in keys.split()
}


def payload_of(info: EventInfo) -> dict[str, Any]:
    payload = PAYLOADS.get(info.name, ANYTHING)
    return {**payload, "model": {}} if info.name == "model_select" else payload


@pytest.fixture(scope="module", params=FAILURES)
def lines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the bridge gave back for each event, in one run for each way to fail."""
    folder: Path = tmp_path_factory.mktemp("every")
    home = PiHome(folder / "pi")
    (home.agent_dir / "python").mkdir()
    body, _ = FAILURES[request.param]
    names = [name for name in CATALOG if name not in {"session_start", "session_shutdown"}]
    hooks = "".join(f"@hookimpl\nasync def {name}(event, ctx):\n{body}\n" for name in names)
    (home.agent_dir / "python" / "bad.py").write_text(f"import asyncio, os\nfrom pi_host import hookimpl\n{hooks}")
    (home.agent_dir / "pi-host.toml").write_text("deadline = 0.2\n")
    script = Path(__file__).with_name("every_event.mjs")
    payloads = {name: payload_of(CATALOG[name]) for name in names}
    env = home.env({**environment(autoload=False, cache=folder / "cache"), "PAYLOADS": json.dumps(payloads)})
    command = [str(provision().node), str(script), str(BRIDGE)]
    done = subprocess.run(command, env=env, cwd=home.cwd, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr
    return request.param, {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in {"session_start", "session_shutdown"}])
def test_a_failing_plugin_stops_pi_where_pi_fails_closed_and_nowhere_else(
    lines: tuple[str, dict[str, Any]], name: str
) -> None:
    how, found = lines
    line = found[name]
    _, reason = FAILURES[how]
    if CATALOG[name].closed:
        assert reason in line["thrown"]
    else:
        assert line["answer"] in ("undefined", {}, {"trusted": "undecided"})
        assert reason in "\n".join(line["told"])
