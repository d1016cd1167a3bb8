"""Keep the agent, and your own ``!`` commands, from writing to ``.env`` files, ``.git`` and ``node_modules``.

The paths of pi's own tools are checked exactly, links included. Shell commands are only searched for words that write
next to a protected name: this stops mistakes, not malice.

Install it: ``cp protected_paths.py ~/.pi/agent/python/``
"""

import re
from pathlib import Path

from pi_host import Block, Context, hookimpl
from pi_host.events import ToolCallEvent, UserBashAnswer, UserBashEvent

WRITERS = {"write", "edit"}
PROTECTED = re.compile(r"\.env(\..*)?|\.git|node_modules")
SHELL_WRITE = re.compile(
    r"(>|\b(rm|mv|cp|tee|touch|truncate|chmod|sed\s+-i)\s)[^|;&\n]*?(?<![\w.-])(\.env(\.\w+)?|\.git|node_modules)(?![\w.-])"
)


@hookimpl
def tool_call(event: ToolCallEvent, ctx: Context) -> Block | None:
    """Block tools that would write there."""
    if event.tool_name in WRITERS:
        name = protected_part(Path(ctx.cwd, event.input.get("path", "")))
    else:
        name = protected_word(event.input.get("command", "")) if event.tool_name == "bash" else None
    return Block(f"{name} is protected: ask the user to change it") if name else None


@hookimpl
def user_bash(event: UserBashEvent) -> UserBashAnswer | None:
    """Answer the user's own command in the place of the shell."""
    name = protected_word(event.command)
    if name is None:
        return None
    text = f"{name} is protected by protected_paths.py; use another terminal"
    return UserBashAnswer(result={"output": text, "exitCode": 1, "cancelled": False, "truncated": False})


def protected_part(path: Path) -> str | None:
    """Return the protected name in a path, as written or where links lead."""
    parts = [*path.expanduser().parts, *path.expanduser().resolve().parts]
    return next((part for part in parts if PROTECTED.fullmatch(part)), None)


def protected_word(command: str) -> str | None:
    """Return the protected name that a shell command seems to write to."""
    match = SHELL_WRITE.search(command)
    return match[3] if match else None
