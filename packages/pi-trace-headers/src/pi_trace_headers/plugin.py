"""The plugin ``trace-headers``: trace and affinity headers on requests to the model.

It says nothing to anybody until ``pi-host.toml`` has rules for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pi_host import command, companion, hookimpl
from pi_trace_headers._errors import TraceError
from pi_trace_headers._handover import RULES, with_launch_rules
from pi_trace_headers._state import state_of, use_mode
from pi_trace_headers._variables import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pi_host import Context
    from pi_host.events import (
        AgentSettledEvent,
        AgentStartEvent,
        BeforeProviderHeadersEvent,
        SessionBeforeCompactEvent,
        SessionCompactEvent,
        SessionCompactFailedEvent,
        SessionStartEvent,
    )
    from pi_trace_headers._engine import Engine, Rendered
    from pi_trace_headers._state import Request, TraceState

__all__: list[str] = []


#: Without one of these it has nothing to do, and pi does not even load it.
REQUIRES_OPTION = ("gateway", "compat", "rule")


class _Running:
    """What one host process has of this plugin."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.problem: str | None = None
        self.sent: tuple[str, list[str]] | None = None
        self._made_from: object = None
        self._told: set[str] = set()

    def configure(self, ctx: Context) -> Engine | None:
        """Return the engine for the options of ``ctx`` if there is anything for it to do."""
        if self._made_from is not ctx.options:
            self._made_from = ctx.options
            self._make(ctx.options)
        if self.problem is not None:
            self.tell(ctx, [self.problem], "error")
        return self.engine if self.engine is not None and self.engine.active else None

    def tell(self, ctx: Context, problems: Iterable[str], level: Any = "warning") -> None:
        """Tell the user what is wrong, each thing once."""
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                ctx.ui.notify(f"trace-headers: {problem}", level)

    def _make(self, table: Mapping[str, Any]) -> None:
        self.engine = self.problem = None
        if not table and RULES not in os.environ:
            return  # what nobody configured loads nothing
        from pi_trace_headers._engine import Engine  # noqa: PLC0415
        from pi_trace_headers._options import read_options  # noqa: PLC0415

        try:
            self.engine = Engine(read_options(with_launch_rules(table, os.environ)))
        except TraceError as error:
            self.problem = f"pi-host.toml: {error}; until then nothing is sent"


_running = _Running()

#: Tells of failures, and registers the provider anew for each request on a pi without ``before_provider_headers``.
_module = companion("pi_side/headers.js")


@hookimpl(tryfirst=True)
def session_start(event: SessionStartEvent, ctx: Context) -> None:
    """Find out whose session it is, and let children know."""
    engine = _running.configure(ctx)
    if _running.engine is not None:
        use_mode(_running.engine.options.trace)
    state = state_of(ctx)
    state.begin_session(event, ctx)
    if engine is None:
        return
    if engine.options.propagate:
        _propagate(ctx, state, state.root_span_id)


@hookimpl
def agent_start(event: AgentStartEvent, ctx: Context) -> None:
    """Take note of a run, or that it goes on."""
    state_of(ctx).begin_run(event)


@hookimpl
def agent_settled(event: AgentSettledEvent, ctx: Context) -> None:
    """Take note of the end of a run."""
    state_of(ctx).end_run(event)


@hookimpl
def session_before_compact(event: SessionBeforeCompactEvent, ctx: Context) -> None:
    """Take note that what follows is not the conversation."""
    state_of(ctx).begin_compaction(event)


@hookimpl
def session_compact(event: SessionCompactEvent, ctx: Context) -> None:
    """Take note that the conversation goes on."""
    state_of(ctx).end_compaction(event)


@hookimpl
def session_compact_failed(event: SessionCompactFailedEvent, ctx: Context) -> None:
    """Take note that the conversation goes on."""
    state_of(ctx).end_compaction(event)


@hookimpl
def before_provider_headers(event: BeforeProviderHeadersEvent, ctx: Context) -> None:
    """Put the headers of the rules onto the request."""
    engine = _running.configure(ctx)
    if engine is None:
        return
    state = state_of(ctx)
    request = state.begin_request(event, ctx)
    present = [name for name, value in event.headers.items() if value is not None]
    rendered = _render(engine, state, request, ctx, present)
    for name in rendered.replaces:
        del event.headers[name]
    event.headers.update(rendered.headers)


@_module.on("failed")
def _failed(ctx: Context) -> None:
    """Take note that what follows in this run is another attempt."""
    state_of(ctx).fail()


@_module.on("prompt")
def _prompt(data: object, ctx: Context) -> None:
    """Take note of a prompt: a pi without ``agent_settled`` says in no other way that the run before it has ended."""
    state_of(ctx).end_run(data)


@_module.on("refused")
def _refused(data: dict[str, Any], ctx: Context) -> None:
    name = data["name"]
    _running.tell(
        ctx, [f"header {name!r} is left out: this pi would put a variable's value in its place or run it; update pi"]
    )


@_module.on("headers")
def _headers(data: dict[str, Any], ctx: Context) -> list[dict[str, Any]]:
    """Answer the companion: what to register for the request that pi is about to make."""
    engine = _running.configure(ctx)
    if engine is None:
        return []
    if not data["safe"]:
        if engine.rules_for(moment_of(ctx)):
            text = f"pi {ctx.pi_version} would lose the key of {data['provider']!r}, so no headers are sent; update pi"
            _running.tell(ctx, [text])
        return []
    from pi_trace_headers._literal import literal  # noqa: PLC0415  # only such a pi needs it

    state = state_of(ctx)
    rendered = _render(engine, state, state.begin_request(None, ctx), ctx, data["names"])
    replaced = {name.lower(): name for name in rendered.replaces}
    wanted = []
    for name, value in rendered.headers.items():
        escaped = literal(value, ctx.pi_version)
        if escaped.text is None:
            _refused({"name": name}, ctx)
            continue
        replaces = replaced.get(name.lower())
        wanted.append(
            {
                "name": name,
                "value": escaped.text,
                "replaces": replaces,
                "unlessVariable": escaped.unless_variable,
            }
        )
    return wanted


@command(name="trace")
def trace(ctx: Context) -> str:
    """Show the ids that requests to the model carry, and who gets them."""
    from pi_trace_headers._report import report  # noqa: PLC0415  # only who asks pays for it

    _running.configure(ctx)
    return report(ctx, state_of(ctx), _running.engine, problem=_running.problem, sent=_running.sent)


def _render(engine: Engine, state: TraceState, request: Request, ctx: Context, present: Iterable[str]) -> Rendered:
    rendered = engine.render(request, moment_of(ctx), present)
    if rendered.problems:
        _running.tell(ctx, rendered.problems)
    if rendered.headers:
        _running.sent = (str((ctx.model or {}).get("provider")), list(rendered.headers))
    if engine.options.propagate:
        _propagate(ctx, state, request.span_id)
    return rendered


def _propagate(ctx: Context, state: TraceState, span_id: str) -> None:
    # Not waited for, but before the answer that pi waits for, so no tool of this request can start earlier.
    ctx.post("pi.setEnv", variables=state.child_environment(span_id))
