"""Requests to the model provider, and which model and thinking level are in use.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        AfterProviderResponseEvent,
        BeforeProviderHeadersEvent,
        BeforeProviderRequestEvent,
        CacheWarmingDecisionAnswer,
        CacheWarmingDecisionEvent,
        ModelSelectEvent,
        ProviderStreamEvent,
        ThinkingLevelSelectEvent,
    )

__all__ = ["ModelHooks"]


class ModelHooks:
    """Requests to the model provider, and which model and thinking level are in use."""

    @hookspec
    def cache_warming_decision(
        self, event: CacheWarmingDecisionEvent, ctx: Context
    ) -> Reply[CacheWarmingDecisionAnswer]:
        '''A decision to refresh the provider's prompt cache, or to let it expire, may be overruled.

        When: Before each refresh of an idle cache.

        Answers: Every plugin is asked and the last answer wins.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.86.0.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import CacheWarmingDecisionAnswer, CacheWarmingDecisionEvent


            @hookimpl
            def cache_warming_decision(event: CacheWarmingDecisionEvent) -> CacheWarmingDecisionAnswer | None:
                """Refresh only while that is cheaper than the loss it prevents."""
                expected_loss = event.miss_cost * event.continuation_probability
                return CacheWarmingDecisionAnswer(action="stop") if event.warm_cost > expected_loss else None
            ```
        '''

    @hookspec
    def before_provider_request(self, event: BeforeProviderRequestEvent, ctx: Context) -> Reply[Any]:
        '''The body of a request is complete, in the provider's own format.

        When: Before every request is sent.

        Answers: Each plugin sees the body the previous one returned; returning ``None`` leaves it as it is.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from typing import Any

            from pi_host import hookimpl
            from pi_host.events import BeforeProviderRequestEvent


            @hookimpl
            def before_provider_request(event: BeforeProviderRequestEvent) -> dict[str, Any]:
                """Ask for reproducible answers."""
                return {**event.payload, "seed": 7}
            ```
        '''

    @hookspec
    def before_provider_headers(self, event: BeforeProviderHeadersEvent, ctx: Context) -> Reply[None]:
        '''The headers of a request are complete and may be changed in place.

        When: Before every request, but not before pi's own retries of it.

        Answers: The headers are changed in place; each plugin sees the changes of the previous one.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.80.4.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import BeforeProviderHeadersEvent


            @hookimpl
            def before_provider_headers(event: BeforeProviderHeadersEvent) -> None:
                """Name the team in every request."""
                event.headers["x-team"] = "docs"
            ```
        '''

    @hookspec
    def after_provider_response(self, event: AfterProviderResponseEvent, ctx: Context) -> Reply[None]:
        '''The provider answered; its status and headers are known.

        When: Before the body is read.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import AfterProviderResponseEvent


            @hookimpl
            def after_provider_response(event: AfterProviderResponseEvent) -> None:
                """Warn when the rate limit comes near."""
                if event.headers.get("x-ratelimit-remaining-requests") == "1":
                    logging.getLogger(__name__).warning("one request left, status %d", event.status)
            ```
        '''

    @hookspec
    def provider_stream_event(self, event: ProviderStreamEvent, ctx: Context) -> Reply[None]:
        '''A piece of the provider's stream arrived, in the provider's own format.

        When: For every piece, before pi reads it.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins: it comes too often.

        Since pi 0.99.0.

        Example:
            ```python
            from collections import Counter

            from pi_host import hookimpl
            from pi_host.events import ProviderStreamEvent

            pieces: Counter[str] = Counter()


            @hookimpl
            def provider_stream_event(event: ProviderStreamEvent) -> None:
                """Count pieces per model."""
                pieces[event.model] += 1
            ```
        '''

    @hookspec
    def model_select(self, event: ModelSelectEvent, ctx: Context) -> Reply[None]:
        '''Another model was chosen.

        When: After the change.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import ModelSelectEvent


            @hookimpl
            def model_select(event: ModelSelectEvent) -> None:
                """Log the context window of the new model."""
                logging.getLogger(__name__).info("%s: %d tokens", event.model["id"], event.model["contextWindow"])
            ```
        '''

    @hookspec
    def thinking_level_select(self, event: ThinkingLevelSelectEvent, ctx: Context) -> Reply[None]:
        '''Another thinking level was chosen.

        When: After the change.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import ThinkingLevelSelectEvent


            @hookimpl
            def thinking_level_select(event: ThinkingLevelSelectEvent) -> None:
                """Log the change."""
                logging.getLogger(__name__).info("thinking: %s -> %s", event.previous_level, event.level)
            ```
        '''
