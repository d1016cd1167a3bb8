"""Who gets headers, who does not, and what the user had before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from traced_support import Traced

RULE = """
[[plugins.trace-headers.rule]]
match = {{ {match} }}
on_conflict = "{on_conflict}"
[plugins.trace-headers.rule.headers]
X-Session = "{{session.id}}"
X-Fixed = "ours"
"""


def rule(match: str = 'provider = "scripted"', on_conflict: str = "keep") -> str:
    return RULE.format(match=match, on_conflict=on_conflict)


def add_provider(traced: Traced, name: str, **config: Any) -> None:
    """Add a second provider with the same model behind it."""
    path = traced.pi.home.agent_dir / "models.json"
    models = json.loads(path.read_text("utf-8"))
    models["providers"][name] = models["providers"]["scripted"] | config
    path.write_text(json.dumps(models), "utf-8")


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_nobody_gets_anything_by_default(traced: Traced) -> None:
    traced.model.add(Say("one"))
    traced.configure("")
    traced.print("first")
    (request,) = traced.model.requests
    ours = ("x-session", "traceparent", "tracestate", "baggage", "x-opper-trace-id", "x-session-id")
    assert not [name for name in ours if request.header(name)]


def test_only_the_named_provider_gets_headers(traced: Traced) -> None:
    add_provider(traced, "other")
    traced.configure(rule())
    traced.model.add(*(Say(word) for word in ("one", "two", "three")))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.set_model("other", "scripted-1")
        rpc.prompt("second")
        rpc.set_model("scripted", "scripted-1")
        rpc.prompt("third")
    named, other, again = traced.sent("x-session")
    assert (named, other) == (again, None)
    assert named


@pytest.mark.pi_versions("1.5.2")
def test_a_rule_for_a_host_is_for_every_provider_there(traced: Traced) -> None:
    add_provider(traced, "other", baseUrl=traced.model.url.replace("127.0.0.1", "localhost"))
    traced.configure(rule('host = "127.0.0.*"'))
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.set_model("other", "scripted-1")
        rpc.prompt("second")
    assert [bool(value) for value in traced.sent("x-session")] == [True, False]


def test_keys_and_headers_of_the_user_s_survive(traced: Traced) -> None:
    traced.provider(apiKey="the-key", headers={"X-Own": "mine", "x-fixed": "mine"})
    traced.configure(rule())
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    assert traced.sent("authorization") == ["Bearer the-key"] * 2
    assert traced.sent("x-own") == ["mine"] * 2
    assert traced.sent("x-fixed") == ["mine"] * 2
    assert all(traced.sent("x-session"))


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_header_of_the_user_s_is_replaced_only_when_the_rule_says_so(traced: Traced) -> None:
    traced.provider(headers={"x-fixed": "mine"})
    traced.configure(rule(on_conflict="replace"))
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    assert traced.sent("x-fixed") == ["ours"] * 2


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_conflict_is_told_once_when_the_rule_says_so(traced: Traced) -> None:
    traced.provider(headers={"x-fixed": "mine"})
    traced.configure(rule(on_conflict="error"))
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
        told = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
    assert traced.sent("x-fixed") == ["mine"] * 2
    assert told == [
        "trace-headers: plugins.trace-headers.rule[0]: the request has a header 'x-fixed' already; it stays as it is"
    ]


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_the_user_s_own_expressions_keep_their_meaning(traced: Traced) -> None:
    variable = "OWN_KEY" if traced.pi.version == "0.74.2" else "$OWN_KEY"
    traced.provider(apiKey=variable, headers={"X-Own": "!printf from-a-command"})
    traced.configure(rule())
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc(env={"OWN_KEY": "s3cret"}) as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    assert traced.sent("authorization") == ["Bearer s3cret"] * 2
    assert traced.sent("x-own") == ["from-a-command"] * 2
    assert all(traced.sent("x-session"))


def test_a_provider_that_an_extension_registers_keeps_its_key(traced: Traced) -> None:
    extension = traced.pi.home.root / "provider.js"
    config = json.loads((traced.pi.home.agent_dir / "models.json").read_text("utf-8"))["providers"]["scripted"]
    config = {"name": "made", **config, "apiKey": "made-key", "headers": {"X-Made": "yes"}}
    extension.write_text(f"export default (pi) => pi.registerProvider('made', {json.dumps(config)})")
    traced.configure(rule('provider = "made"'))
    traced.model.add(Say("one"), Say("two"))
    arguments = ["--provider", "made", "--model", "scripted-1"]
    with traced.rpc(extensions=[extension], args=arguments) as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    assert traced.sent("authorization") == ["Bearer made-key"] * 2
    assert traced.sent("x-made") == ["yes"] * 2
    assert all(traced.sent("x-session"))


@pytest.mark.pi_versions("1.5.2")
def test_a_mistake_in_the_configuration_is_one_readable_line(traced: Traced) -> None:
    traced.configure('gateway = "oper"')
    traced.model.add(Say("one"))
    done = traced.print("first")
    assert done.stdout == "one\n"
    assert done.stderr == (
        "pi-host: trace-headers: pi-host.toml: plugins.trace-headers.gateway: there is no preset 'oper'; "
        "`pi-trace presets list` shows 15 of them; until then nothing is sent\n"
    )


@pytest.mark.pi_versions("1.5.2")
def test_a_virtual_model_gets_nothing(traced: Traced) -> None:
    extension = traced.pi.home.root / "virtual.js"
    extension.write_text("""
        export default (pi) => pi.registerVirtualModel({
            provider: "scripted", id: "any", name: "any",
            route: ({ models }) => ({ model: { provider: "scripted", id: "scripted-1" } }),
        })""")
    traced.configure(rule())
    traced.model.add(Say("one"))
    traced.print("first", extensions=[extension], args=["--provider", "scripted", "--model", "any"])
    assert traced.sent("x-session") == [None]
