"""Show in the footer how long the model took to its first token and how many tokens a second it writes.

pi hands over tokens in small batches and does not wait for this plugin, so that it costs the answer no time. A piece of
text counts as a token while the answer runs; the provider's own count replaces the guess at its end.

Install it: ``cp token_meter.py ~/.pi/agent/python/``
"""

import time

from pi_host import Context, hookimpl
from pi_host.events import AfterProviderResponseEvent, MessageEndEvent, MessageUpdateEvent

#: How often the footer changes, seconds.
PERIOD = 0.25


class Meter:
    """Times of the answer that is coming in, on the monotonic clock in seconds."""

    asked = first = shown = 0.0
    pieces = 0


meter = Meter()


@hookimpl
def turn_start() -> None:
    """Start the clock: pi asks the model next."""
    meter.asked, meter.first, meter.pieces = time.monotonic(), 0.0, 0


@hookimpl
def after_provider_response(event: AfterProviderResponseEvent, ctx: Context) -> None:
    """Tell that the provider took the request; with some, the wait for the first token is long."""
    waited = time.monotonic() - meter.asked
    ctx.ui.set_status(f"HTTP {event.status} after {waited:.1f} s")


@hookimpl
def message_update(event: MessageUpdateEvent, ctx: Context) -> None:
    """Count a piece of the answer. This runs for every token: a plain function, and nothing slow in it."""
    if not event.assistant_message_event["type"].endswith("_delta"):
        return
    now = time.monotonic()
    meter.first = meter.first or now
    meter.pieces += 1
    if now - meter.shown > PERIOD:
        meter.shown = now
        show(meter.pieces, ctx)


@hookimpl
def message_end(event: MessageEndEvent, ctx: Context) -> None:
    """Show the final figures."""
    if event.message["role"] == "assistant" and meter.first:
        show(event.message["usage"]["output"] or meter.pieces, ctx)


def show(tokens: int, ctx: Context) -> None:
    """Put the figures into the footer."""
    speed = tokens / max(time.monotonic() - meter.first, 0.001)
    ctx.ui.set_status(f"first token {meter.first - meter.asked:.2f} s, {speed:.0f} tokens/s")
