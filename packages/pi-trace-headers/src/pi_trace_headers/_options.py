"""The table ``[plugins.trace-headers]`` of ``pi-host.toml``, checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from pi_trace_headers._errors import TraceError
from pi_trace_headers._presets import Match

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TABLE", "Options", "Rule", "When", "read_options"]

TABLE: Final = "plugins.trace-headers"


class When(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """When a rule holds; what is not given does not matter.

    Attributes:
        mode: how pi runs.
        session: whether the session is kept in a file or only in memory.
    """

    mode: list[Literal["tui", "rpc", "json", "print"]] | None = None
    session: Literal["file", "memory"] | None = None


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which headers go to whom.

    Attributes:
        match: whom; the preset's own by default.
        preset: name of a preset.
        compat: whose ids to reproduce exactly.
        headers: template by name, on top of the preset's; an empty template takes a header of the preset away.
        on_conflict: what happens when the request has such a header already: it stays, ours takes its place, or it
            stays and the user is told.
        when: when it holds.
    """

    match: Match | None = None
    preset: str | None = None
    compat: Literal["opper"] | None = None
    headers: dict[str, str] = {}
    on_conflict: Literal["keep", "replace", "error"] = "keep"
    when: When = When()


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All that can be configured.

    Attributes:
        gateway: short for one rule with this preset.
        compat: short for one rule with this ``compat``.
        rule: the rules; where two set the same header, the first one does.
        trace: what one trace is.
        propagate: tell child processes, by ``TRACEPARENT``, whose child they are.
        env: the environment variables that templates may read.
        salt: goes into hashes of what could be guessed.
        link: template of a page that shows a trace, for ``/trace``.
        opt_out: whether ``PI_TELEMETRY=0`` and ``DO_NOT_TRACK=1`` switch everything off.
        deadline: pi-host's own.
    """

    gateway: str | None = None
    compat: Literal["opper"] | None = None
    rule: list[Rule] = []
    trace: Literal["session", "run"] = "session"
    propagate: bool = True
    env: list[str] = []
    salt: str = ""
    link: str | None = None
    opt_out: Literal["respect", "ignore"] = "respect"
    deadline: float | None = None

    @property
    def rules(self) -> list[tuple[str, Rule]]:
        """All rules with the key that each stands under, the short forms first."""
        short = []
        if self.gateway is not None:
            short.append(("gateway", Rule(preset=self.gateway)))
        if self.compat is not None:
            short.append(("compat", Rule(compat=self.compat)))
        return [*short, *((f"rule[{number}]", rule) for number, rule in enumerate(self.rule))]


def read_options(table: Mapping[str, Any]) -> Options:
    """Return the checked options.

    Raises:
        TraceError: a key that does not exist, or a value that can't be; the message names the key.
    """
    try:
        return msgspec.convert(dict(table), Options)
    except msgspec.ValidationError as error:
        raise TraceError(_readable(str(error))) from None


def _readable(text: str) -> str:
    problem, _, path = text.partition(" - at `$")
    where = path.rstrip("`").removeprefix(".").replace("[...]", ".*")
    if unknown := re.search(r"unknown field `(.*)`", problem):
        return f"{_key(where)}: there is no key {unknown[1]!r}; see docs/pi-trace-headers.md for those there are"
    return f"{_key(where)}: {problem[:1].lower()}{problem[1:]}; mend it or take it out"


def _key(where: str) -> str:
    return f"{TABLE}.{where}" if where else TABLE
