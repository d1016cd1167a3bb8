from __future__ import annotations

import re
from typing import Any

import pytest

from pi_trace_headers._errors import TraceError
from pi_trace_headers._options import read_options
from pi_trace_headers._rules import CompiledRule, compile_link, compile_rules

MODEL = {"provider": "work", "id": "m", "baseUrl": "https://llm.Example.com:8443/v1", "api": "openai-completions"}


def rules(**table: Any) -> list[CompiledRule]:
    return compile_rules(read_options(table))


def rule(**table: Any) -> CompiledRule:
    (compiled,) = rules(rule=[{"headers": {"X-A": "1"}, **table}])
    return compiled


@pytest.mark.parametrize(
    "match",
    [
        {"provider": "work"},
        {"provider": "w*"},
        {"host": "llm.example.com"},
        {"host": "*.EXAMPLE.com"},
        {"provider": "work", "host": "*.example.com"},
    ],
)
def test_a_rule_is_for_those_it_names(match: dict[str, str]) -> None:
    assert rule(match=match).is_for(MODEL)


@pytest.mark.parametrize(
    ("match", "model"),
    [
        ({"provider": "Work"}, MODEL),
        ({"provider": "other*"}, MODEL),
        ({"host": "example.com"}, MODEL),
        ({"host": "*.example.com"}, MODEL | {"baseUrl": "https://example.com.evil.test/v1"}),
        ({"host": "*.example.com"}, MODEL | {"baseUrl": "https://evil.test/llm.example.com"}),
        ({"host": "*.example.com"}, MODEL | {"baseUrl": "https://llm.example.com@evil.test/v1"}),
        ({"provider": "work", "host": "*.other.com"}, MODEL),
        ({"provider": "*"}, {}),
        ({"host": "*"}, MODEL | {"baseUrl": ""}),
        ({"host": "*"}, MODEL | {"baseUrl": "https://[broken"}),
        ({"provider": "*"}, MODEL | {"api": "pi-virtual"}),
    ],
)
def test_a_rule_is_for_nobody_else(match: dict[str, str], model: dict[str, str]) -> None:
    assert not rule(match=match).is_for(model)


def test_a_preset_brings_its_own_recipients_and_a_rule_may_name_others() -> None:
    by_itself, named = rules(gateway="opper", rule=[{"preset": "opper", "match": {"provider": "work"}}])
    assert by_itself.is_for({"provider": "opper"})
    assert by_itself.is_for({"provider": "x", "baseUrl": "https://api.opper.ai/v3/compat"})
    assert not by_itself.is_for(MODEL)
    assert named.is_for(MODEL)
    assert not named.is_for({"provider": "opper"})


def test_own_headers_change_those_of_the_preset() -> None:
    (compiled,) = rules(
        rule=[{"preset": "litellm", "headers": {"X-LiteLLM-Session-ID": "{run.id}", "traceparent": "", "X-A": "1"}}]
    )
    assert [(header.name, header.template.text) for header in compiled.headers] == [
        ("x-litellm-trace-id", "{trace.id}"),
        ("X-LiteLLM-Session-ID", "{run.id}"),
        ("X-A", "1"),
    ]


def test_when_a_rule_holds() -> None:
    compiled = rule(match={"provider": "work"}, when={"mode": ["print", "json"], "session": "memory"})
    assert compiled.holds("print", in_file=False)
    assert not compiled.holds("tui", in_file=False)
    assert not compiled.holds("print", in_file=True)
    assert rule(match={"provider": "work"}).holds("tui", in_file=True)


def test_opper_s_own_ids_need_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    (compiled,) = rules(compat="opper")
    monkeypatch.setenv("OPPER_API_KEY", "k")
    monkeypatch.delenv("OPPER_BASE_URL", raising=False)
    assert compiled.missing_env() == ["OPPER_BASE_URL"]
    monkeypatch.setenv("OPPER_BASE_URL", "u")
    assert compiled.missing_env() == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"gateway": "oper"}, "plugins.trace-headers.gateway: there is no preset 'oper'; `pi-trace presets list`"),
        ({"gateway": "w3c"}, "plugins.trace-headers.gateway: does not say whom it is for"),
        ({"gateway": "langfuse"}, "plugins.trace-headers.gateway: preset 'langfuse' has no headers"),
        ({"rule": [{"match": {"provider": "x"}}]}, "plugins.trace-headers.rule[0]: has no headers"),
        ({"rule": [{"match": {}, "headers": {"X-A": "1"}}]}, "plugins.trace-headers.rule[0]: does not say whom"),
        ({"rule": [{"preset": "opper", "compat": "opper"}]}, "plugins.trace-headers.rule[0]: has a preset and compat"),
    ],
)
def test_a_rule_that_can_t_be_is_explained(table: dict[str, Any], message: str) -> None:
    with pytest.raises(TraceError, match=re.escape(message)):
        rules(**table)


@pytest.mark.parametrize(
    ("name", "template", "message"),
    [
        ("Authorization", "x", "headers.Authorization: it is reserved"),
        ("X A", "x", "headers.X A: it is no name of a header"),
        ("X-A", "{sesion.id}", "headers.X-A: there is no variable 'sesion.id'"),
        ("X-A", "{session.id|md5}", "headers.X-A: there is no filter 'md5'"),
        ("X-A", "{env.SECRET}", 'a variable of the environment must be in env = ["..."]'),
        ("X-A", "{cwd.hash}", "headers.X-A: 'cwd.hash' could be guessed from its hash; set salt = \"...\""),
    ],
)
def test_a_header_that_can_t_be_is_explained(name: str, template: str, message: str) -> None:
    with pytest.raises(TraceError, match=re.escape(message)):
        rule(match={"provider": "x"}, headers={name: template})


def test_a_salt_and_a_list_of_variables_allow_what_needs_them() -> None:
    headers = {"X-A": "{cwd.hash}{user.hash}{session.file_hash}", "X-B": "{env.TEAM}"}
    assert rules(salt="pepper", env=["TEAM"], rule=[{"match": {"provider": "x"}, "headers": headers}])


def test_the_link_is_a_template_too() -> None:
    link = compile_link(read_options({"link": "https://x.test/{trace.id}"}))
    assert link is not None
    assert link.variables == ("trace.id",)
    assert compile_link(read_options({})) is None
    with pytest.raises(TraceError, match=re.escape("plugins.trace-headers.link: stray '{'")):
        compile_link(read_options({"link": "https://x.test/{"}))
