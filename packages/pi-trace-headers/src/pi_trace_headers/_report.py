"""What ``/trace`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_trace_headers._variables import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host import Context
    from pi_trace_headers._engine import Engine
    from pi_trace_headers._state import TraceState

__all__ = ["report"]


def report(
    ctx: Context,
    state: TraceState,
    engine: Engine | None,
    *,
    problem: str | None,
    sent: tuple[str, list[str]] | None,
) -> str:
    """Return the ids of now, who gets them, and where the trace can be seen.

    Args:
        ctx: pi at this moment.
        state: the session's state.
        engine: the rules at work, ``None`` if there are none.
        problem: what is wrong with the configuration.
        sent: the provider and the names of the headers that went out last.
    """
    lines = [*_ids(state), *_recipients(ctx, engine, problem, sent)]
    if engine is not None and engine.link is not None and state.request is not None:
        link = engine.link.render(engine.scene(state.request, moment_of(ctx)).value)
        lines += [f"see      {link}"] if link else []
    return "\n".join(lines)


def _ids(state: TraceState) -> Iterator[str]:
    identity, request = state.identity, state.request
    yield f"trace    {request.identity.trace_id if request is not None else identity.trace_id}"
    yield f"session  {identity.session_id}"
    if identity.parent_session_id:
        yield f"from     {identity.parent_session_id}"
    if identity.parent_span_id:
        yield f"parent   {identity.parent_span_id} (TRACEPARENT)"
    if request is not None:
        run = request.identity.run_id
        yield f"run      {run}" if run else "run      none"
        yield f"request  {request.number}, attempt {request.attempt}, span {request.span_id}"


def _recipients(
    ctx: Context, engine: Engine | None, problem: str | None, sent: tuple[str, list[str]] | None
) -> Iterator[str]:
    if problem is not None:
        yield f"sends    nothing: {problem}"
    elif engine is None or not engine.rules:
        yield "sends    nothing: pi-host.toml has no rules for trace-headers"
    elif engine.silenced_by is not None:
        yield f'sends    nothing: {engine.silenced_by} says so (opt_out = "ignore" overrules it)'
    else:
        moment = moment_of(ctx)
        provider = moment.model.get("provider")
        names = ", ".join(rule.key for rule in engine.rules_for(moment))
        yield (
            f"sends    to {provider!r} by {names}" if names else f"sends    nothing to {provider!r}: no rule is for it"
        )
    if sent is not None:
        yield f"last     {', '.join(sent[1])} to {sent[0]!r}"
