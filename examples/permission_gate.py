"""Ask before the agent runs a dangerous shell command. A yes holds for the same command until the session ends.

Where nobody can answer (``pi -p``, ``pi --mode json``) such a command does not run. This is a net, not a wall: it knows
a few commands by name, and a script can delete files without saying so.

Install it: ``cp permission_gate.py ~/.pi/agent/python/``
"""

import re

from pi_host import Block, Context, hookimpl
from pi_host.events import ToolCallEvent

DANGEROUS = re.compile(
    r"""
    \b rm \s+ -\w*[rRf]            # deletes folders, or without asking
    | \b find \b .* -delete \b
    | \b git \s+ (clean|reset\s+--hard) \b
    | \b git \s+ push \b .* (-f\b|--force)
    | \b sudo \b
    | \b (mkfs|dd) \b
    """,
    re.VERBOSE,
)

#: Session and command of every yes.
allowed: set[tuple[str, str]] = set()


@hookimpl
async def tool_call(event: ToolCallEvent, ctx: Context) -> Block | None:
    """Let a dangerous command wait for the user's answer."""
    command = event.input.get("command", "") if event.tool_name == "bash" else ""
    if not DANGEROUS.search(command) or (ctx.session.id, command) in allowed:
        return None
    if not ctx.has_ui:
        return Block("this command needs a yes, and nobody is there to give it")
    if not await ctx.ui.confirm("Run this command?", command):
        return Block("the user does not want this command to run")
    allowed.add((ctx.session.id, command))
    return None
