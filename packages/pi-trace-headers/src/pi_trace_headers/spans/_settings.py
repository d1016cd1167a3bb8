"""What the user wants of the spans: ``[plugins.trace-spans]`` and OpenTelemetry's own variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import unquote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Settings", "secrets_of", "settings_of"]

_TABLE: Final = "[plugins.trace-spans]"

#: Shorter values of headers are flags and numbers.
_SHORTEST_SECRET: Final = 6


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with spans.

    Attributes:
        enabled: whether to do anything.
        endpoint: base URL of the collector; ``None`` for what OpenTelemetry's variables say, or its default.
        headers: headers for the collector, in place of those of OpenTelemetry's variables.
        metrics: whether to send metrics, too.
        content: whether to send what was said, to and by the model and the tools.
        redact: regular expressions for what must not leave the machine, besides what looks like a secret.
        service_name: the service's name; ``None`` for what OpenTelemetry's variables say, or ``pi``.
        flush_seconds: how long pi may wait at its end until the collector has the last spans.
        deadline: the host's own option.
    """

    enabled: bool = True
    endpoint: str | None = None
    headers: dict[str, str] = {}
    metrics: bool = True
    content: bool = False
    redact: list[str] = []
    service_name: str | None = None
    flush_seconds: Annotated[float, msgspec.Meta(ge=0, le=30)] = 0.25
    deadline: float | None = None

    def url(self, signal: str) -> str | None:
        """Return where ``signal`` (``traces`` or ``metrics``) goes, ``None`` for what the variables say."""
        return f"{self.endpoint.rstrip('/')}/v1/{signal}" if self.endpoint else None


def settings_of(options: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return what the options and the environment ask for.

    Raises:
        ValueError: an option is unknown or has a wrong value.
    """
    try:
        settings = msgspec.convert(dict(options), Settings)
    except msgspec.ValidationError as error:
        known = ", ".join(Settings.__struct_fields__)
        raise ValueError(f"{_TABLE} of pi-host.toml: {error}; it may have: {known}") from error
    if settings.endpoint is not None and not settings.endpoint.startswith(("http://", "https://")):
        raise ValueError(f"{_TABLE} of pi-host.toml: endpoint must be an http(s) URL, not {settings.endpoint!r}")
    off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or _none(environ, "OTEL_TRACES_EXPORTER")
    return msgspec.structs.replace(
        settings,
        enabled=settings.enabled and not off,
        metrics=settings.metrics and not _none(environ, "OTEL_METRICS_EXPORTER"),
    )


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return the values of all headers for the collector: an error message may quote them."""
    texts = [environ.get(f"OTEL_EXPORTER_OTLP_{signal}HEADERS", "") for signal in ("", "TRACES_", "METRICS_")]
    pairs = [pair.partition("=")[2].strip() for text in texts for pair in text.split(",")]
    values = [*settings.headers.values(), *pairs, *map(unquote, pairs)]
    known = [value for value in values if len(value) >= _SHORTEST_SECRET]
    return [*known, *(repr(value)[1:-1] for value in known)]


def _none(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() == "none"
