"""Turns what pi tells into signals for the builder, and what is finished over to the exporter."""

from __future__ import annotations

import asyncio
import atexit
import os
import re
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pi_trace_headers._lineage import began
from pi_trace_headers._state import has_header_event, state_of
from pi_trace_headers.spans import _content as content
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._builder import Builder
from pi_trace_headers.spans._exporter import Exporter
from pi_trace_headers.spans._facts import answer_of, model_of
from pi_trace_headers.spans._redact import redactor
from pi_trace_headers.spans._settings import Settings, secrets_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_host import Context
    from pi_trace_headers._state import Request
    from pi_trace_headers.spans._facts import ModelFacts

__all__ = ["Recorder"]

#: How long the host may go on after pi has ended, seconds; it is ended after 0.9.
_LAST_CALL: Final = 0.8

#: How often, and how long each time, the end of a session waits for that of its run; seconds.
_STEPS: Final = 100
_STEP: Final = 0.01


class Recorder:
    """Records the sessions of one pi process, one after the other.

    Args:
        options: the table ``[plugins.trace-spans]``.
        pi_version: version of the running pi.

    Raises:
        ValueError: an option is wrong.
    """

    def __init__(self, options: Mapping[str, Any], pi_version: str) -> None:
        self._settings = settings_of(options, os.environ)
        secrets = map(re.escape, secrets_of(self._settings, os.environ))
        self._redact = redactor([*self._settings.redact, *secrets])
        about = {"service.version": pi_version} if pi_version else {}
        self._exporter = Exporter(self._settings, about, self._tell, self._redact)
        self._version = pi_version
        self._builder: Builder | None = None
        self._ctx: Context | None = None
        if self._settings.enabled:
            atexit.register(self._last_call)

    @property
    def settings(self) -> Settings:
        """What the user wants."""
        return self._settings

    def begin_session(self, ctx: Context) -> None:
        """Take note of a session, new or taken up again."""
        self.feed(ctx, s.SessionBegan(time.time_ns(), state_of(ctx).identity))

    def feed(self, ctx: Context, signal: s.Signal) -> None:
        """Tell the builder of the session that ``ctx`` belongs to."""
        if self._settings.enabled:
            self._exporter.put(self._builder_for(ctx).feed(signal))

    def request(self, ctx: Context, request: Request, at: int, model: ModelFacts) -> None:
        """Take note that a model is asked, and use the time until it answers."""
        self.feed(ctx, self._begun(request, at, model))
        if self._settings.enabled:
            self._exporter.start()

    def answer(self, ctx: Context, message: Mapping[str, Any], at: int, leaf: str | None) -> None:
        """Take note of the model's complete message, which hangs from the entry ``leaf``."""
        output = content.said(message, self._redact) if self._settings.content else None
        answer = answer_of(message, self._redact, output)
        # Without a request (an abort that came before it): the call is known by its answer only.
        known = s.RequestBegan(
            min(answer.began or at, at),
            identity=state_of(ctx).identity,
            model=model_of(ctx.model),
            leaf_id=leaf or "",
        )
        self.feed(ctx, s.Answered(at, answer=answer, request=known))

    def hear(self, ctx: Context, message: Mapping[str, Any], at: int) -> None:
        """Take note of another message, if content is wanted."""
        if self._settings.content:
            system = message.get("role") == "system"
            text = (content.instructions if system else content.heard)(message, self._redact)
            self.feed(ctx, s.Heard(at, text, system))

    def payload(self, value: Any) -> str | None:
        """Return the arguments or the result of a tool as text, if content is wanted."""
        return content.payload(value, self._redact) if self._settings.content else None

    def tool_span_id(self, call_id: str) -> str | None:
        """Return the id of the span of a tool that runs, 16 hex digits."""
        return self._builder.tool_span_id(call_id) if self._builder is not None else None

    async def end_session(self, *, last: bool) -> None:
        """End all spans of the session; after the last one give the exporter a moment to send them."""
        if not has_header_event(self._version):
            await self._wait_for_run()
        self._leave()
        if last and self._settings.enabled:
            sent = self._exporter.flush()
            if self._exporter.healthy and self._settings.flush_seconds:
                await asyncio.to_thread(sent.wait, self._settings.flush_seconds)

    def _builder_for(self, ctx: Context) -> Builder:
        session_id = ctx.session.id
        if self._builder is None or self._builder.session_id != session_id:
            self._leave()
            self._builder = Builder(session_id, version=self._version, settles=has_header_event(self._version))
        self._ctx = ctx
        return self._builder

    def _begun(self, request: Request, at: int, model: ModelFacts) -> s.RequestBegan:
        return s.RequestBegan(
            at,
            identity=request.identity,
            span_id=request.span_id,
            model=model,
            attempt=request.attempt,
            turn=request.turn,
            # A pi without the event for headers tells of the conversation's requests only, and of runs too late.
            purpose=request.purpose if has_header_event(self._version) else "chat",
            leaf_id=request.leaf_id or "",
        )

    async def _wait_for_run(self) -> None:
        # pi 0.74.2 tells of the end of the session before it has told of the end of its last run.
        for _ in range(_STEPS):
            if self._builder is None or not self._builder.busy:
                return
            await asyncio.sleep(_STEP)

    def _leave(self) -> None:
        builder, self._builder = self._builder, None
        if builder is not None:
            # By now the file is written. Another process, or a pi before a reload, may have begun the session.
            file = self._ctx.session.file if self._ctx is not None else None
            self._exporter.put(builder.feed(s.SessionEnded(time.time_ns(), began(file))))

    def _last_call(self) -> None:
        """Runs when pi is gone: send what is left for as long as the host lives."""
        self._leave()
        self._exporter.flush().wait(_LAST_CALL)

    def _tell(self, text: str) -> None:
        sys.stderr.write(f"trace-spans: {text}\n")
        ctx = self._ctx
        if ctx is not None:
            with suppress(Exception):  # pi may be gone by now, or on to another session
                ctx.ui.notify(f"trace-spans: {text}", "warning")
