from __future__ import annotations

import pytest

from pi_trace_headers.spans._settings import secrets_of, settings_of


def test_the_signals_go_below_the_endpoint() -> None:
    settings = settings_of({"endpoint": "http://host:4318/"}, {})
    assert (settings.url("traces"), settings.url("metrics")) == (
        "http://host:4318/v1/traces",
        "http://host:4318/v1/metrics",
    )


def test_without_an_endpoint_opentelemetrys_variables_decide() -> None:
    assert settings_of({"enabled": True}, {}).url("traces") is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"endpont": "x"}, "unknown field `endpont`; it may have: .*endpoint"),
        ({"endpoint": "host:4318"}, "endpoint must be an http.* URL, not 'host:4318'"),
        ({"flush_seconds": 99}, "flush_seconds"),
        ({"headers": {"a": 1}}, "headers"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        settings_of(options, {})
    assert "[plugins.trace-spans] of pi-host.toml" in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "enabled", "metrics"),
    [
        ("OTEL_SDK_DISABLED", "TRUE", False, True),
        ("OTEL_TRACES_EXPORTER", "none", False, True),
        ("OTEL_METRICS_EXPORTER", "none", True, False),
        ("OTEL_SDK_DISABLED", "false", True, True),
    ],
)
def test_opentelemetrys_switches_switch_off(name: str, value: str, *, enabled: bool, metrics: bool) -> None:
    settings = settings_of({}, {name: value})
    assert (settings.enabled, settings.metrics) == (enabled, metrics)


def test_all_values_of_headers_count_as_secret() -> None:
    settings = settings_of({"headers": {"x-api-key": "abcdef-1", "x-flag": "1"}}, {})
    environ = {"OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20Zm9vYmFy,x=1"}
    assert set(secrets_of(settings, environ)) == {"abcdef-1", "Basic%20Zm9vYmFy", "Basic Zm9vYmFy"}


def test_a_value_counts_as_secret_in_quotes_too() -> None:
    settings = settings_of({"headers": {"x-api-key": "abc\ndef"}}, {})
    assert set(secrets_of(settings, {})) == {"abc\ndef", "abc\\ndef"}
