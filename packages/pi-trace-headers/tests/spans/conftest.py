"""A builder that is told things, a collector, and real pi with spans on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from span_support import Collector, Received

    from pi_testkit import Pi, PiInstall, RpcPi, ScriptedModel


def _model() -> ScriptedModel:
    from pi_testkit import ModelSpec, ScriptedModel  # noqa: PLC0415  # starting pytest imports no HTTP server

    return ScriptedModel(models=[ModelSpec("scripted-1", reasoning=True, cost=(1, 2, 0.1, 0)), "scripted-2"])


@pytest.fixture
def scripted_model() -> Iterator[ScriptedModel]:
    """A model with an empty script that can think and costs money."""
    with _model() as model:
        yield model


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that takes everything."""
    from span_support import Collector  # noqa: PLC0415  # starting pytest imports no OpenTelemetry

    with Collector() as collector:
        yield collector


@dataclass
class Spanned:
    """Real pi with the plugin ``trace-spans``.

    Attributes:
        pi: the pi under test.
        url: where the spans go.
        options: further options of the plugin, as TOML.
        plugins: what else is loaded.
        toml: further tables of ``pi-host.toml``.
        env: further variables.
    """

    pi: Pi
    url: str
    options: str = ""
    plugins: list[str] = field(default_factory=list)
    toml: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def settings(self, **values: Any) -> None:
        """Set some of pi's own settings."""
        path = self.pi.home.agent_dir / "settings.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    def rpc(self) -> RpcPi:
        """Start pi in RPC mode; it is up when this returns."""
        rpc = self.pi.rpc(**self.launch())
        rpc.get_state()
        return rpc

    def launch(self) -> dict[str, Any]:
        """Write the options and return what starts pi with them."""
        flush = "" if "flush_seconds" in self.options else "flush_seconds = 10\n"
        text = f'[plugins.trace-spans]\nendpoint = "{self.url}"\n{flush}{self.options}\n{self.toml}'
        (self.pi.home.agent_dir / "pi-host.toml").write_text(text)
        plugins = ["trace-spans", *self.plugins]
        env = environment(autoload=False, cache=self.cache, plugins=plugins)
        return {"extensions": [BRIDGE], "env": {**env, **self.env}}

    @property
    def cache(self) -> Path:
        """Where the host keeps its log."""
        return self.pi.home.root / "pi-host"


@pytest.fixture
def spanned(pi: Pi, collector: Collector) -> Spanned:
    """Real pi that sends its spans to the collector; once for each version."""
    return Spanned(pi, collector.url)


#: Puts the span's id on the wire.
HEADERS = """
[plugins.trace-headers]
opt_out = "ignore"
[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
preset = "w3c"
"""


@dataclass
class Tour:
    """What one walk through pi left behind.

    Attributes:
        version: of pi.
        spans: what the collector got.
        metrics: the metrics that it got, with their data points.
        wire: the ``traceparent`` of each request, as trace and span id.
        sessions: the session files, in the order in which they began.
        told: what the user was told.
    """

    version: str
    spans: list[Received]
    metrics: dict[str, list[Any]]
    wire: list[tuple[str, str]]
    sessions: list[Path]
    told: list[str]


@pytest.fixture(scope="session")
def tour(pi_install: PiInstall, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """A walk through pi with tools, a retry, an abort, a failure, a compaction, a new session and a fork of it."""
    from span_support import Collector  # noqa: PLC0415  # starting pytest imports no OpenTelemetry

    from pi_testkit import Pi, PiHome  # noqa: PLC0415  # starting pytest imports no HTTP server

    home = PiHome(tmp_path_factory.mktemp("tour") / "pi")
    with _model() as model, Collector() as collector:
        model.configure(home.agent_dir)
        spanned = Spanned(Pi(pi_install, home, model), collector.url, plugins=["trace-headers"], toml=HEADERS)
        spanned.settings(
            retry={"enabled": True, "maxRetries": 2, "baseDelayMs": 50}, compaction={"keepRecentTokens": 10}
        )
        with spanned.rpc() as rpc:
            _walk(rpc, model)
            told = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
        wire = [str(request.header("traceparent")).split("-") for request in model.requests]
        sessions = sorted(home.sessions())
        return Tour(
            pi_install.version,
            collector.spans,
            collector.metrics,
            [(parts[1], parts[2]) for parts in wire],
            sessions,
            told,
        )


def _walk(rpc: RpcPi, model: ScriptedModel) -> None:
    from pi_testkit import Call, Calls, Cut, Fail, Say, Usage  # noqa: PLC0415  # as above

    first = Say("It is done.", thinking="Hm.", delay=0.1, usage=Usage(input=1000, output=20, cached=900))
    model.add(Calls(Call("bash", command="echo one"), Call("bash", command="exit 3")), first)
    rpc.prompt("go")
    model.add(Cut("never quite fin", after_tokens=2), Say("after all"))
    rpc.prompt("try")
    model.add(Say("x", tokens=400, tokens_per_second=50))
    since = len(rpc.records)
    rpc.send("prompt", message="long")
    rpc.wait_for("message_update", since=since)
    rpc.send("abort")
    rpc.wait_for("agent_end", since=since)
    model.add(Fail(400, "bad request: sk-abcdefghijklmnopqrstuvwxyz"))
    rpc.prompt("bad")
    model.add(Say("SUMMARY"))
    rpc.send("compact")
    model.add(*[Say("well")] * 3)
    rpc.prompt("after")
    rpc.new_session()
    rpc.prompt("new")
    messages = rpc.send("get_fork_messages")["messages"]
    rpc.send("fork", entryId=messages[0]["entryId"])
    rpc.prompt("fork")
