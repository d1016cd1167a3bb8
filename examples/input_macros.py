"""Write ``;;name`` in a prompt and the model gets a longer text. Not ``!!name``, with which pi runs a command.

Macros stand in ``~/.pi/agent/pi-host.toml``; ``{branch}`` in one becomes the current git branch::

    [plugins.input_macros.macros]
    review = "Review the changes on {branch} as a strict colleague would. Name files and lines."
    short = "Answer in one sentence."

Install it: ``cp input_macros.py ~/.pi/agent/python/``
"""

import re

from pi_host import Context, Transform, hookimpl
from pi_host.events import InputEvent

MACRO = re.compile(r";;(\w+)")


@hookimpl(specname="input", tryfirst=True)
def expand(event: InputEvent, ctx: Context) -> Transform | None:
    """Expand the macros; a name that is none stays as it is.

    One plugin may implement an event several times, under other names. This one needs nothing from pi, so it is a plain
    function.
    """
    macros = ctx.options.get("macros", {})
    text = MACRO.sub(lambda match: str(macros.get(match[1], match[0])), event.text)
    return Transform(text) if text != event.text else None


@hookimpl(specname="input")
async def fill_in(event: InputEvent, ctx: Context) -> Transform | None:
    """Fill in the branch. It sees the text that ``expand`` made; it asks pi, so it is async."""
    if "{branch}" not in event.text:
        return None
    asked = await ctx.pi.exec("git", ["branch", "--show-current"], cwd=ctx.cwd)
    return Transform(event.text.replace("{branch}", asked.stdout.strip() or "no branch"))
