"""The act of traces in ``pi-host demo``: headers as they reached the model's server, and the session as a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_host.demo import Playing
from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_host.demo import Outcome, Step
    from pi_testkit import PiHome, PiInstall, Request, ScriptedModel

__all__ = ["act"]

_RULE: Final = """\
[plugins.trace-headers]
opt_out = "ignore"  # the demo's pi has telemetry off

[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
preset = "w3c"
headers = { x-session-id = "{session.id}", x-request = "{request.n}" }
"""
_SHOWN: Final = ("traceparent", "x-session-id", "x-request")
#: Fits beside the labels on a screen of 80 columns.
_WIDTH: Final = 62


def act(install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
    """A session as one trace: the headers as they reached the server, and the waterfall.

    Args:
        install: the pi.
        home: where it lives.
        tell: is called with each step as it happens.

    Raises:
        PiHostError: pi broke off.
    """
    from pi_testkit import Call, Say, ScriptedModel  # noqa: PLC0415  # an extra

    file = home.root / "session.jsonl"
    script = (Call("bash", command="sleep 0.2; echo 3 files"), Say("Three.", delay=0.2))
    with Playing(install, tell) as playing, ScriptedModel(script) as model:
        playing.say("scene", "", "Headers, as they reached the model's server")
        _run(install, home, model, file)
        for request in model.requests:
            for name in _SHOWN:
                playing.say("say", f"request {request.number + 1}", f"{name}: {request.header(name)}")
        playing.say("scene", "", "The same session afterwards: pi-trace show session.jsonl")
        for line in _waterfall(file):
            playing.say("say", "", line)
        playing.checks.update(_checks(model.requests, file))
    return playing.outcome()


def _run(install: PiInstall, home: PiHome, model: ScriptedModel, file: Path) -> None:
    from pi_testkit import run_print  # noqa: PLC0415  # an extra

    model.configure(home.agent_dir)
    (home.agent_dir / "pi-host.toml").write_text(_RULE, encoding="utf-8")
    env = environment(plugins=["trace-headers"], autoload=False, cache=home.root / "cache")
    run_print(install, home, "How many files?", args=["--session", str(file)], extensions=[BRIDGE], env=env)


def _waterfall(file: Path) -> list[str]:
    from pi_trace_headers.offline import spans_of, waterfall  # noqa: PLC0415  # only after the run

    return [line.plain for line in waterfall(spans_of(file), _WIDTH)]


def _checks(requests: list[Request], file: Path) -> dict[str, bool]:
    from pi_trace_headers._identity import parse_traceparent  # noqa: PLC0415  # only after the run
    from pi_trace_headers.offline import spans_of  # noqa: PLC0415  # only after the run

    sent = [parse_traceparent(request.header("traceparent") or "") for request in requests]
    ids = {(parent.trace_id, parent.span_id) for parent in sent if parent is not None}
    stored = {(span.trace_id, span.span_id) for span in spans_of(file)}
    return {
        "both requests carry a span of their own": len(ids) == len(requests) > 1,
        "they are one trace": len({trace for trace, _ in ids}) == 1,
        "the stored session has the same ids": ids <= stored,
    }
