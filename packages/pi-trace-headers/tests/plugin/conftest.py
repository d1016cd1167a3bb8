"""Real pi with the plugin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traced_support import Traced, Walk

    from pi_testkit import Pi, PiInstall, Request, RpcPi, Turn


@pytest.fixture
def traced(pi: Pi) -> Traced:
    """Real pi with the plugin, once for each version."""
    return _traced(pi)


@pytest.fixture(scope="session")
def walk(pi_install: PiInstall, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """One pi with tools, retries, a reload, compactions, ``/new``, a fork and a session taken up again."""
    from pi_testkit import Call, Fail, Pi, PiHome, Say, ScriptedModel  # noqa: PLC0415  # pytest starts without them

    turns: Iterator[Turn] = iter([Call("bash", command="true"), Fail(503, "overloaded"), Fail(503, "overloaded")])

    def answer(request: Request) -> Turn:
        summary = "onversation" in request.texts("user")[-1]
        return Say("a summary") if summary else next(turns, Say("well"))

    home = PiHome(tmp_path_factory.mktemp("walk") / "pi")
    with ScriptedModel(answer) as model:
        model.configure(home.agent_dir)
        return _walk(_traced(Pi(pi_install, home, model)))


def _traced(pi: Pi) -> Traced:
    from traced_support import Traced  # noqa: PLC0415  # starting pytest imports no HTTP server

    variables = environment(plugins=["trace-headers"], autoload=False, cache=pi.home.root / "pi-host")
    return Traced(replace(pi, extensions=[BRIDGE], env=variables))


def _walk(traced: Traced) -> Walk:
    from traced_support import IDS, Walk  # noqa: PLC0415  # as above

    traced.configure(IDS)
    traced.settings(
        retry={"enabled": True, "maxRetries": 3, "baseDelayMs": 20, "provider": {"maxRetries": 0}},
        compaction={"enabled": False, "keepRecentTokens": 1, "reserveTokens": 100},
    )
    reloader = traced.pi.home.root / "reloader.js"
    reloader.write_text("export default (pi) => pi.registerCommand('again', {handler: (a, ctx) => ctx.reload()})")
    steps: dict[str, list[Request]] = {}
    ids: dict[str, str] = {}
    with traced.rpc(extensions=[reloader]) as rpc:
        first = rpc.get_state()["sessionFile"]
        for name in _steps(rpc, first):
            steps[name] = traced.model.requests[sum(map(len, steps.values())) :]
            ids[name] = rpc.get_state()["sessionId"]
    return Walk(traced.pi.version, steps, ids, Path(first))


def _steps(rpc: RpcPi, first: str) -> Iterator[str]:
    rpc.prompt("first")
    yield "tools"
    rpc.prompt("second")
    yield "after"
    rpc.prompt("/again")
    rpc.prompt("third")
    yield "reloaded"
    rpc.compact()
    yield "compacted"
    rpc.new_session()
    rpc.prompt("fourth")
    yield "new"
    rpc.fork(rpc.send("get_fork_messages")["messages"][0]["entryId"])
    rpc.prompt("fifth")
    yield "forked"
    rpc.switch_session(first)
    rpc.prompt("sixth")
    yield "resumed"
    rpc.new_session()
    rpc.prompt("seventh")
    yield "left"
    rpc.switch_session(first)
    rpc.compact()
    yield "compacted again"
