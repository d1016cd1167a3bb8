"""Real pi with the plugin ``trace-headers``, and what went over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pi_trace_headers._identity import TraceParent, parse_traceparent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pi_testkit import Finished, Pi, Request, RpcPi, ScriptedModel

__all__ = ["IDS", "Traced", "Walk", "parents"]

#: Puts every id on the wire.
IDS = """
[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
preset = "w3c"
[plugins.trace-headers.rule.headers]
x-session = "{session.id}"
x-parent = "{session.parent_id}"
x-run = "{run.id}"
x-count = "{request.n}.{attempt}"
x-turn = "{turn}"
"""


def parents(requests: Iterable[Request]) -> list[TraceParent]:
    """Return what the ``traceparent`` of each request says."""
    found = [parse_traceparent(request.header("traceparent") or "") for request in requests]
    assert None not in found
    return [parent for parent in found if parent is not None]


@dataclass
class Walk:
    """What one pi sent on its way through several sessions.

    Attributes:
        version: of pi.
        steps: the requests of each step.
        ids: pi's id of the session of each step.
        file: the file of the first session.
    """

    version: str
    steps: dict[str, list[Request]]
    ids: dict[str, str]
    file: Path


@dataclass
class Traced:
    """Real pi with the plugin and nothing else.

    Attributes:
        pi: the pi under test.
    """

    pi: Pi

    @property
    def model(self) -> ScriptedModel:
        """The model that pi talks to."""
        return self.pi.model

    @property
    def log(self) -> Path:
        """The host's log."""
        return self.pi.home.root / "pi-host" / "host.log"

    def configure(self, text: str) -> None:
        """Write ``pi-host.toml``; what the test kit switches off by ``PI_TELEMETRY=0`` is on."""
        whole = f'[plugins.trace-headers]\nopt_out = "ignore"\n{text}'
        (self.pi.home.agent_dir / "pi-host.toml").write_text(whole, "utf-8")

    def provider(self, **config: Any) -> None:
        """Change the scripted model's provider in ``models.json``."""
        path = self.pi.home.agent_dir / "models.json"
        models = json.loads(path.read_text("utf-8"))
        models["providers"]["scripted"] |= config
        path.write_text(json.dumps(models), "utf-8")

    def settings(self, **values: Any) -> None:
        """Change pi's settings."""
        path = self.pi.home.agent_dir / "settings.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")

    def rpc(self, **options: Any) -> RpcPi:
        """Start pi in RPC mode."""
        return self.pi.rpc(**options)

    def print(self, prompt: str, **options: Any) -> Finished:
        """Run ``pi -p`` to its end."""
        return self.pi.print(prompt, **options)

    def sent(self, name: str) -> list[str | None]:
        """Return one header of every request so far."""
        return [request.header(name) for request in self.model.requests]
