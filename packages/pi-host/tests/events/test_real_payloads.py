"""The classes against what real pis send."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import pi_host
from pi_host import events
from pi_host._catalog import CATALOG
from pi_testkit import PI_VERSIONS, Call, ModelSpec, PiHome, RpcPi, Say, ScriptedModel, Turn, provision

SCHEMAS = Path(pi_host.__file__).parent / "schemas"
#: What the bridge leaves out: what cannot cross, and what would grow with every piece of a message.
DROPPED = {"type", "signal"}


def sent_by(version: str, root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Drive one pi through a tool call, a command, a tree move, and a new session; return its events."""
    home, dump = PiHome(root), root / "events.jsonl"
    env = {"DUMP_EVENTS": ",".join(CATALOG), "DUMP_FILE": str(dump)}
    turns: list[Turn] = [Call("bash", command="echo hi"), Say("Done.", thinking="Hm."), Say("Again.")]
    with ScriptedModel(turns, models=[ModelSpec("scripted-1", reasoning=True), "scripted-2"]) as model:
        model.configure(home.agent_dir)
        with RpcPi(provision(version), home, extensions=[Path(__file__).parent / "dump.mjs"], env=env) as pi:
            pi.on_ui(lambda _request: True)
            pi.prompt("list the files")
            pi.send("bash", command="echo x")
            pi.send("set_thinking_level", level="high")
            pi.send("prompt", message="/everything")
            pi.send("cycle_model")
            pi.send("new_session")
            pi.prompt("again")
    lines = [json.loads(line) for line in dump.read_text().splitlines()]
    return [(line["name"], line["event"]) for line in lines]


def as_the_bridge_sends_it(name: str, event: dict[str, Any]) -> dict[str, Any]:
    dropped = {*DROPPED, "message"} if name == "message_update" else DROPPED
    return {key: value for key, value in event.items() if key not in dropped}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", PI_VERSIONS)
def test_every_payload_is_understood_down_to_its_last_field(version: str, tmp_path: Path) -> None:
    sent = sent_by(version, tmp_path)

    surprises = []
    for name, event in sent:
        payload = as_the_bridge_sends_it(name, event)
        msgspec.convert(payload, getattr(events, CATALOG[name].event))
        known = json.loads((SCHEMAS / f"{name}.json").read_text())["event"]["properties"]
        surprises += [f"{name}.{field}" for field in payload if field not in known]
    assert surprises == []
    assert {"session_start", "before_agent_start", "context", "tool_call", "turn_end", "session_tree"} <= {
        name for name, _ in sent
    }
