"""Leave the bodies of old, big tool results out of what the model is sent; the session keeps them.

The provider's prompt cache holds for what did not change since the last request. So results are not cut one by one as
they get old but several at once, and everything else stays as it is. Limits are set in ``~/.pi/agent/pi-host.toml``::

    [plugins.context_trimmer]
    keep = 10          # newest results that stay whole
    characters = 4000  # results up to this size stay whole, however old

Install it: ``cp context_trimmer.py ~/.pi/agent/python/``
"""

from pi_host import Context, hookimpl
from pi_host.events import ContextEvent

KEEP = 6
CHARACTERS = 2000

#: How many results get old at once.
STEP = 4


@hookimpl
async def context(event: ContextEvent, ctx: Context) -> None:
    """Put a note in the place of each old body."""
    # The roles are here already; each message is brought over from pi only when it is asked for.
    results = [index for index, role in enumerate(event.messages.roles) if role == "toolResult"]
    spare = len(results) - ctx.options.get("keep", KEEP)
    for index in results[: max(spare, 0) // STEP * STEP]:
        message = await event.messages.get(index)
        size = sum(len(block.get("text", "")) for block in message["content"])
        if size > ctx.options.get("characters", CHARACTERS):
            note = f"[{size} characters of old {message['toolName']} output are left out; run it again if you need it]"
            event.messages.replace(index, {**message, "content": [{"type": "text", "text": note}]})
