from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from pi_trace_headers._engine import Engine
from pi_trace_headers._options import read_options
from pi_trace_headers._presets import presets
from pi_trace_headers._wire import name_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_trace_headers._state import Request
    from pi_trace_headers._variables import Moment

SESSION = "01970000-0000-7000-8000-000000000000"
TRACE = "d9af0f656bcbd9eb0c05b54f7e5180c1"
TRACE_UUID = "6c15e596-bc05-585c-9a70-7a8c18bc8515"
SPAN = "afe88a871cc84d5a"
TURN = "8f1981f4b905c733"

#: Where each preset's names come from, and so what its golden test is held against.
SOURCES = {
    "opper": "opper-ai/cli (src/pi) and the Opper SDKs",
    "opper-compat": "opper-ai/cli (src/pi)",
    "litellm": "docs.litellm.ai/docs/proxy/request_headers; precedence of the ids from the proxy's source",
    "litellm-langfuse": "docs.litellm.ai/docs/observability/langfuse_integration",
    "langfuse": "langfuse.com/integrations/native/opentelemetry",
    "openrouter": "openrouter.ai/docs, API reference and broadcast",
    "helicone": "docs.helicone.ai/features/sessions and /helicone-headers/header-directory",
    "portkey": "portkey.ai/docs/product/observability/traces and /metadata",
    "cloudflare": "developers.cloudflare.com/ai-gateway/observability/otel-integration and /custom-metadata",
    "dynamo": "docs.nvidia.com/dynamo, agents, session ids",
    "llmgateway": "docs.llmgateway.io/features/sessions",
    "opencode": "anomalyco/opencode, source of the Go and Zen providers",
    "truefoundry": "truefoundry.com/docs/ai-gateway, headers and metadata",
    "zuplo": "zuplo.com/docs, OpenTelemetry plugin",
    "w3c": "w3.org/TR/trace-context and w3.org/TR/baggage",
}

#: Exactly what a request carries, by preset.
GOLDEN: dict[str, dict[str, str]] = {
    "opper": {"X-Opper-Trace-Id": TRACE_UUID, "X-Opper-Parent-Span-Id": TRACE_UUID},
    "opper-compat": {
        "X-Opper-Trace-Id": "d5bdec7b-fa84-561e-9f4a-138821571a93",
        "X-Opper-Parent-Span-Id": "d5bdec7b-fa84-561e-9f4a-138821571a93",
    },
    "litellm": {
        "x-litellm-trace-id": TRACE,
        "x-litellm-session-id": SESSION,
        "traceparent": f"00-{TRACE}-{SPAN}-01",
    },
    "litellm-langfuse": {
        "langfuse_session_id": SESSION,
        "langfuse_existing_trace_id": TRACE,
        "langfuse_trace_name": "pi",
    },
    "openrouter": {"x-session-id": SESSION},
    "helicone": {
        "Helicone-Session-Id": SESSION,
        "Helicone-Session-Name": "pi",
        "Helicone-Session-Path": "/0a1b2c3d/1",
        "Helicone-Request-Id": "661ea6df-e49e-5609-9c7a-7687f4af2213",
    },
    "portkey": {
        "x-portkey-trace-id": TRACE,
        "x-portkey-span-id": SPAN,
        "x-portkey-parent-span-id": TURN,
        "x-portkey-span-name": "chat gpt-5",
        "x-portkey-metadata": f'{{"session_id": "{SESSION}"}}',
    },
    "cloudflare": {
        "cf-aig-otel-trace-id": TRACE,
        "cf-aig-otel-parent-span-id": SPAN,
        "cf-aig-metadata": f'{{"session_id": "{SESSION}"}}',
    },
    "dynamo": {"x-dynamo-session-id": SESSION},
    "llmgateway": {"x-session-id": SESSION},
    "opencode": {"x-opencode-session": SESSION},
    "truefoundry": {"x-tfy-metadata": f'{{"session_id": "{SESSION}", "trace_id": "{TRACE}"}}'},
    "zuplo": {"traceparent": f"00-{TRACE}-{SPAN}-01"},
    "w3c": {
        "traceparent": f"00-{TRACE}-{SPAN}-01",
        "baggage": f"session.id={SESSION},pi.run.id=0a1b2c3d",
    },
}

#: Somebody each preset is for by itself: provider and base URL.
RECIPIENTS: dict[str, list[tuple[str, str]]] = {
    "opper": [("opper", ""), ("opper-eu", ""), ("x", "https://api.opper.ai/v3/compat")],
    "opper-compat": [("opper", "")],
    "litellm": [("litellm", "http://127.0.0.1:4000")],
    "litellm-langfuse": [("litellm-work", "")],
    "openrouter": [("openrouter", ""), ("x", "https://openrouter.ai/api/v1"), ("x", "https://us.openrouter.ai/api/v1")],
    "helicone": [("helicone", ""), ("x", "https://ai-gateway.helicone.ai/v1")],
    "portkey": [("portkey", ""), ("x", "https://api.portkey.ai/v1")],
    "cloudflare": [("cloudflare-ai-gateway", ""), ("x", "https://gateway.ai.cloudflare.com/v1/a/b/compat")],
    "dynamo": [("dynamo", "")],
    "llmgateway": [("llmgateway", ""), ("x", "https://api.llmgateway.io/v1")],
    "opencode": [("opencode", ""), ("opencode-go", ""), ("x", "https://opencode.ai/zen/v1")],
    "truefoundry": [("truefoundry", "")],
    "zuplo": [("zuplo", "")],
}


@pytest.fixture(autouse=True)
def _opper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPER_API_KEY", "k")
    monkeypatch.setenv("OPPER_BASE_URL", "https://api.opper.ai/v3/compat")


def engine(**table: Any) -> Engine:
    return Engine(read_options({"opt_out": "ignore", **table}))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_request_carries_exactly(name: str, request_: Request, moment: Callable[..., Moment]) -> None:
    made = engine(rule=[{"preset": name, "match": {"provider": "work"}}]).render(request_, moment(), [])
    assert made.headers == GOLDEN[name]
    assert made.problems == []


@pytest.mark.parametrize(
    ("name", "header"), [("dynamo", "x-dynamo-parent-session-id"), ("opencode", "x-parent-session-id")]
)
def test_a_fork_names_its_parent(name: str, header: str, request_: Request, moment: Callable[..., Moment]) -> None:
    forked = replace(request_, identity=replace(request_.identity, parent_session_id="p"))
    made = engine(rule=[{"preset": name, "match": {"provider": "work"}}]).render(forked, moment(), [])
    assert made.headers[header] == "p"


@pytest.mark.parametrize("name", RECIPIENTS)
def test_a_preset_is_for_its_gateway_by_itself(name: str, moment: Callable[..., Moment]) -> None:
    made = engine(rule=[{"preset": name}])
    assert all(made.rules_for(moment(provider, url)) for provider, url in RECIPIENTS[name])
    assert not made.rules_for(moment("anthropic", "https://api.anthropic.com"))
    assert not made.rules_for(moment("openai", "https://api.openai.com/v1"))


def test_every_preset_has_a_golden_test_or_has_no_headers() -> None:
    assert {name for name, preset in presets().items() if preset.headers} == set(GOLDEN)


def test_every_preset_says_where_its_names_are_documented() -> None:
    assert {name: preset.source for name, preset in presets().items()} == SOURCES
    assert all(preset.about for preset in presets().values())


def test_no_preset_sends_what_people_wrote() -> None:
    personal = ("session.name", "env.", "cwd", "user.")
    templates = [text for preset in presets().values() for text in preset.headers.values()]
    assert not [text for text in templates if any(word in text for word in personal)]


def test_every_name_can_be_sent() -> None:
    assert not [name for preset in presets().values() for name in preset.headers if name_problem(name)]


def test_a_provider_can_be_made_of_a_gateway_that_says_how() -> None:
    for preset in presets().values():
        if preset.launch is not None:
            assert preset.launch.key_env.isupper()
            assert preset.launch.base_url is None or preset.launch.base_url.startswith("https://")
