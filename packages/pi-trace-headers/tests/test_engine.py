from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pi_trace_headers._engine import Engine, opted_out
from pi_trace_headers._options import read_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_trace_headers._state import Request
    from pi_trace_headers._variables import Moment

    MakeMoment = Callable[..., Moment]


def engine(**table: Any) -> Engine:
    return Engine(read_options({"opt_out": "ignore", **table}))


def rule(headers: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"match": {"provider": "work"}, "headers": headers, **more}


def test_without_rules_nothing_is_sent(request_: Request, moment: MakeMoment) -> None:
    made = engine()
    assert not made.active
    assert made.render(request_, moment(), ["x-a"]) == ({}, [], [])


def test_nobody_but_the_named_provider_gets_anything(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-A": "1"})])
    assert made.render(request_, moment(), []).headers == {"X-A": "1"}
    assert made.render(request_, moment("anthropic"), []).headers == {}
    assert made.render(request_, moment()._replace(model={}), []).headers == {}


def test_two_rules_add_up_and_the_first_one_wins(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-A": "1"}), rule({"x-a": "2", "X-B": "2"}, on_conflict="error")])
    assert made.render(request_, moment(), []) == ({"X-A": "1", "X-B": "2"}, [], [])


def test_a_header_of_the_user_s_stays(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-Session": "{session.id}"})])
    assert made.render(request_, moment(), ["x-session"]) == ({}, [], [])


def test_a_header_of_the_user_s_is_replaced_when_the_rule_says_so(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-Session": "1"}, on_conflict="replace")])
    assert made.render(request_, moment(), ["x-session"]) == ({"X-Session": "1"}, ["x-session"], [])


def test_a_header_of_the_user_s_stays_and_is_told_of_when_the_rule_says_so(
    request_: Request, moment: MakeMoment
) -> None:
    made = engine(rule=[rule({"X-Session": "1"}, on_conflict="error")])
    assert made.render(request_, moment(), ["x-session"]) == (
        {},
        [],
        ["plugins.trace-headers.rule[0]: the request has a header 'x-session' already; it stays as it is"],
    )


def test_a_variable_without_a_value_leaves_its_header_out(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-Parent": "{session.parent_id}", "X-Name": "<{session.name}>", "X-A": "1"})])
    assert made.render(request_, moment(), []) == ({"X-A": "1"}, [], [])


@pytest.mark.parametrize(
    "name",
    ["a\r\nX-Evil: 1", "日本", "x" * 20_000, "\x00", "caf\xe9"],
    ids=["line break", "no Latin-1", "20 kB", "NUL", "Latin-1"],
)
def test_a_bad_value_costs_its_header_and_nothing_else(name: str, request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-Name": "{session.name}", "X-A": "1"})])
    rendered = made.render(request_, moment(session_name=name), [])
    assert rendered.headers == {"X-A": "1"}
    (problem,) = rendered.problems
    assert problem.startswith("plugins.trace-headers.rule[0]: header 'X-Name' is left out: its value")
    assert name not in problem


def test_values_that_pi_would_run_elsewhere_go_out_as_they_are(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-Name": "{session.name}"})])
    for name in ("!echo hi", "$HOME", "${HOME}", "HOME", "{session.id}", "`id`"):
        assert made.render(request_, moment(session_name=name), []).headers == {"X-Name": name}


def test_all_headers_together_have_a_limit(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({f"X-{number}": "{session.name}" for number in range(10)})])
    rendered = made.render(request_, moment(session_name="x" * 1000), [])
    assert len(rendered.headers) == 8
    assert rendered.problems[0].endswith("header 'X-8' is left out: all headers together are longer than 8192 bytes")


def test_only_listed_variables_of_the_environment_are_read(
    request_: Request, moment: MakeMoment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM", "docs")
    made = engine(env=["TEAM", "NOT_SET"], rule=[rule({"X-Team": "{env.TEAM}", "X-Not": "{env.NOT_SET}"})])
    assert made.render(request_, moment(), []).headers == {"X-Team": "docs"}


@pytest.mark.parametrize(
    ("environ", "by"),
    [
        ({"PI_TELEMETRY": "0"}, "PI_TELEMETRY"),
        ({"PI_TELEMETRY": "false"}, "PI_TELEMETRY"),
        ({"DO_NOT_TRACK": "1"}, "DO_NOT_TRACK"),
        ({"PI_TELEMETRY": "1", "DO_NOT_TRACK": "0"}, None),
        ({}, None),
    ],
)
def test_who_opted_out(environ: dict[str, str], by: str | None) -> None:
    assert opted_out(environ) == by


def test_who_opted_out_sends_nothing_unless_they_say_so(
    request_: Request, moment: MakeMoment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    table = {"rule": [rule({"X-A": "1"})]}
    respecting, ignoring = Engine(read_options(table)), Engine(read_options({**table, "opt_out": "ignore"}))
    assert (respecting.active, respecting.silenced_by) == (False, "DO_NOT_TRACK")
    assert respecting.render(request_, moment(), []).headers == {}
    assert ignoring.render(request_, moment(), []).headers == {"X-A": "1"}


def test_a_rule_for_one_mode_is_silent_in_others(request_: Request, moment: MakeMoment) -> None:
    made = engine(rule=[rule({"X-A": "1"}, when={"mode": ["print"]})])
    assert made.render(request_, moment(mode="print"), []).headers == {"X-A": "1"}
    assert made.render(request_, moment(mode="rpc"), []).headers == {}
