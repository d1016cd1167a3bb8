"""Send a desktop notice when a long run is over, so that you can look at something else meanwhile.

The notice is a program: ``notify-send`` on Linux, ``osascript`` on macOS, or your own. It gets the text as its last
argument::

    [plugins.notify_done]
    seconds = 60
    program = ["ntfy", "publish", "my-topic"]

Install it: ``cp notify_done.py ~/.pi/agent/python/``
"""

import sys
import time
from pathlib import Path

from pi_host import Context, hookimpl
from pi_host.events import AgentSettledEvent

#: Older ones never tell that a run is over for good.
REQUIRES_PI = "0.80.4"

SECONDS = 30
#: The script reads the text as an argument: pasted into the script it could be code.
MACOS = ("osascript", "-e", 'on run argv\ndisplay notification (item 1 of argv) with title "pi"\nend run')
PROGRAM = MACOS if sys.platform == "darwin" else ("notify-send", "pi")

started: dict[str, float] = {}


@hookimpl
def agent_start(ctx: Context) -> None:
    """Note when the run began; a retry or a queued prompt belongs to the same run."""
    started.setdefault(ctx.session.id, time.monotonic())


@hookimpl
async def agent_settled(event: AgentSettledEvent, ctx: Context) -> None:
    """Tell that it is over, unless it was short or the user was there to stop it."""
    seconds = time.monotonic() - started.pop(ctx.session.id, time.monotonic())
    if event.aborted or seconds < ctx.options.get("seconds", SECONDS):
        return
    text = f"{Path(ctx.cwd).name}: done after {seconds:.0f} s"
    program, *args = ctx.options.get("program", PROGRAM)
    ended = await ctx.pi.exec(program, [*args, text], timeout_ms=5000)
    if ended.code:
        ctx.ui.notify(f"{program} failed: {ended.stderr.strip() or ended.code}", "warning")
