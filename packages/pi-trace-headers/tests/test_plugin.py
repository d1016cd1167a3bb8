from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import pi_trace_headers.plugin as plugin_module
from pi_host import Context
from pi_host._config import Config
from pi_host._context import Signal
from pi_host._plugins import Plugin
from pi_host._registry import Registry
from pi_trace_headers import _state
from pi_trace_headers._identity import derive_trace_id
from pi_trace_headers._presets import presets

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import FakePi

MODEL = {"provider": "work", "id": "gpt-5", "baseUrl": "https://llm.example.com/v1", "api": "openai-completions"}
RULE = {"match": {"provider": "work"}, "headers": {"X-Session": "{session.id}"}}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_module, "_running", plugin_module._Running())
    monkeypatch.setattr(_state, "_states", {})
    monkeypatch.setattr(_state, "_mode", "session")
    for name in ("TRACEPARENT", "TRACESTATE", "BAGGAGE", "PI_SESSION_ID", "PI_TRACE_RULES", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)


def start(fake_pi: type[FakePi], reason: str = "startup", version: str = "1.5.2", **table: Any) -> FakePi:
    pi = fake_pi(plugin_module, version=version, config={"plugins": {"plugin": {"opt_out": "ignore", **table}}})
    pi.model = MODEL
    pi.fire("session_start", reason=reason)
    return pi


def headers(pi: FakePi, present: dict[str, str | None] | None = None) -> dict[str, Any]:
    fired = pi.fire("before_provider_headers", headers=present or {})
    assert not fired.problems
    return dict(fired.changes.get("headers", present or {}))


def children(pi: FakePi) -> list[str]:
    """What children were told to be part of, one after the other."""
    return [call.params["variables"]["TRACEPARENT"] for call in pi.calls if call.method == "pi.setEnv"]


def test_a_rule_puts_its_headers_on_the_request(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE])
    assert headers(pi, {"x-own": "1"}) == {"x-own": "1", "X-Session": "session-1"}


def test_without_rules_it_does_nothing(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi)
    assert headers(pi, {"x-own": "1"}) == {"x-own": "1"}
    assert (pi.calls, pi.notices) == ([], [])


def test_who_opted_out_is_left_alone(fake_pi: type[FakePi], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    pi = start(fake_pi, rule=[RULE], opt_out="respect")
    assert (headers(pi), pi.calls) == ({}, [])


def test_a_header_that_was_taken_away_may_come_back(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE])
    assert headers(pi, {"X-Session": None}) == {"X-Session": "session-1"}


def test_replacing_leaves_one_header(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE | {"on_conflict": "replace"}])
    assert headers(pi, {"x-session": "mine"}) == {"X-Session": "session-1"}


def test_children_are_told_the_session_and_then_the_request(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE | {"headers": {"traceparent": "{traceparent}"}}])
    sent = headers(pi)["traceparent"]
    trace_id = derive_trace_id("session-1")
    assert children(pi)[0].startswith(f"00-{trace_id}-")
    assert children(pi)[1] == sent


def test_children_are_told_nothing_when_that_is_configured(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE], propagate=False)
    headers(pi)
    assert children(pi) == []


def test_a_mistake_is_told_once_and_sends_nothing(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE | {"preset": "oper"}])
    assert (headers(pi), headers(pi)) == ({}, {})
    (notice,) = pi.notices
    assert notice.level == "error"
    assert notice.message == (
        "trace-headers: pi-host.toml: plugins.trace-headers.rule[0]: there is no preset 'oper'; "
        f"`pi-trace presets list` shows {len(presets())} of them; until then nothing is sent"
    )


def test_a_bad_value_is_told_once_without_being_quoted(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE | {"headers": {"X-Name": "{session.name}", "X-A": "1"}}])
    pi.facts["sessionName"] = "naïve\r\n"
    assert (headers(pi), headers(pi)) == ({"X-A": "1"}, {"X-A": "1"})
    (notice,) = pi.notices
    assert "header 'X-Name' is left out" in notice.message
    assert "naïve" not in notice.message


def test_a_launcher_s_rules_need_no_configuration(fake_pi: type[FakePi], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_TRACE_RULES", '[{"match": {"provider": "work"}, "headers": {"X-L": "1"}}]')
    pi = start(fake_pi, opt_out="respect")
    assert headers(pi) == {"X-L": "1"}


def test_one_trace_per_run(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, trace="run", rule=[RULE | {"headers": {"X-Trace": "{trace.id}", "X-Run": "{run.id}"}}])
    runs = []
    for _ in range(2):
        pi.fire("agent_start")
        first, second = headers(pi), headers(pi)
        assert first == second
        assert first["X-Trace"] == derive_trace_id(f"session-1/{first['X-Run']}")
        runs.append(first["X-Run"])
        pi.fire("agent_settled")
    assert runs[0] != runs[1]


def test_the_command_tells_the_ids_and_who_gets_them(fake_pi: type[FakePi]) -> None:
    pi = start(fake_pi, rule=[RULE], link="https://traces.test/{trace.id}/{span.id}")
    pi.fire("agent_start")
    headers(pi)
    pi.run_command("trace")
    trace_id = derive_trace_id("session-1")
    text = pi.notices[-1].message
    assert re.search(rf"^trace +{trace_id}$", text, re.MULTILINE)
    assert re.search(r"^session +session-1$", text, re.MULTILINE)
    assert re.search(r"^request +1, attempt 1, span [0-9a-f]{16}$", text, re.MULTILINE)
    assert re.search(r"^sends +to 'work' by plugins\.trace-headers\.rule\[0\]$", text, re.MULTILINE)
    assert re.search(r"^last +X-Session to 'work'$", text, re.MULTILINE)
    assert re.search(rf"^see +https://traces\.test/{trace_id}/[0-9a-f]{{16}}$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "nothing: pi-host.toml has no rules for trace-headers"),
        ({"gateway": "oper"}, "nothing: pi-host.toml: plugins.trace-headers.gateway: there is no preset 'oper'"),
        ({"gateway": "opper"}, "nothing to 'work': no rule is for it"),
        ({"rule": [RULE], "opt_out": "respect"}, 'nothing: DO_NOT_TRACK says so (opt_out = "ignore" overrules it)'),
    ],
)
def test_the_command_tells_why_nothing_is_sent(
    fake_pi: type[FakePi], monkeypatch: pytest.MonkeyPatch, table: dict[str, Any], reason: str
) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    pi = start(fake_pi, **table)
    pi.run_command("trace")
    assert f"sends    {reason}" in pi.notices[-1].message


class Line:
    """Where calls of the plugin go."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
        raise AssertionError(f"{method} {params} {generation} {request}")

    def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
        assert (method, generation, request) == ("ui.notify", 0, 0)
        self.told.append(params["message"])


@pytest.fixture
def asked() -> Callable[..., tuple[list[dict[str, Any]], list[str]]]:
    """Asks what the module inside an old pi asks: what to register, and what the user was told meanwhile."""

    def ask(headers: dict[str, str], version: str, *, safe: bool = True) -> tuple[list[dict[str, Any]], list[str]]:
        line = Line()
        facts = {"piVersion": version, "sessionId": "session-1", "sessionName": "!id", "model": MODEL}
        options = {"opt_out": "ignore", "propagate": False, "rule": [RULE | {"headers": headers}]}
        ctx = Context(line, facts, plugin="plugin", options=options, signal=Signal())
        wanted = plugin_module._headers({"safe": safe, "names": ["x-own"], "provider": "work"}, ctx)
        return wanted, line.told

    return ask


def test_an_old_pi_gets_what_it_can_t_misread(asked: Callable[..., Any]) -> None:
    row = {"name": "X-Own", "value": "$session-1", "replaces": None, "unlessVariable": True}
    assert asked({"X-Own2": "a", "X-Own": "b"}, "0.74.2")[0] == [row | {"name": "X-Own2", "value": "a"}]
    assert asked({"X-A": "${session.id}"}, "0.74.2")[0] == [row | {"name": "X-A"}]
    escaped = row | {"name": "X-A", "value": "$$session-1", "unlessVariable": False}
    assert asked({"X-A": "${session.id}"}, "0.80.0")[0] == [escaped]


def test_an_old_pi_never_gets_what_it_would_run(asked: Callable[..., Any]) -> None:
    wanted, told = asked({"X-Name": "{session.name}"}, "0.74.2")
    assert wanted == []
    assert "header 'X-Name' is left out: this pi would put a variable's value in its place or run it" in told[0]


def test_a_pi_that_hides_its_keys_gets_nothing_and_the_user_is_told(asked: Callable[..., Any]) -> None:
    wanted, told = asked({"X-A": "1"}, "0.79.0", safe=False)
    assert wanted == []
    assert told == ["trace-headers: pi 0.79.0 would lose the key of 'work', so no headers are sent; update pi"]


@pytest.mark.parametrize(
    ("table", "status"),
    [({}, "disabled"), ({"link": "https://x.test"}, "disabled"), ({"gateway": "opper"}, "active")],
)
def test_what_is_not_configured_is_not_loaded(table: dict[str, Any], status: str) -> None:
    plugin = Plugin(name="trace-headers", source="entry-point", target=plugin_module.__name__)
    Registry(Config(plugins={"trace-headers": table}), pi_version="1.5.2").add([plugin])
    assert plugin.status == status
