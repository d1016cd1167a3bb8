"""Take keys and passwords out of what tools print, before the model sees it and before it is in the session file.

Patterns find secrets that look like secrets, and no others. What a tool keeps in its details is not searched, and
bash keeps the full text of very long output in a file of its own.

Install it: ``cp secret_redactor.py ~/.pi/agent/python/``
"""

import re
from typing import Any

from pi_host import Context, hookimpl
from pi_host.events import ToolResultAnswer, ToolResultEvent

SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    "AWS key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})"),
    "API key": re.compile(r"\bsk-[A-Za-z0-9_-]{20,}"),
    "password": re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
}


@hookimpl
def tool_result(event: ToolResultEvent, ctx: Context) -> ToolResultAnswer | None:
    """Give back the content without secrets, and nothing at all if it had none."""
    found: list[str] = []
    content: list[Any] = [
        {**block, "text": redacted(block["text"], found)} if block["type"] == "text" else block
        for block in event.content
    ]
    if not found:
        return None
    ctx.ui.notify(f"kept from the model: {', '.join(found)}", "warning")
    return ToolResultAnswer(content=content)


def redacted(text: str, found: list[str]) -> str:
    """Return ``text`` without secrets and add the kind of each to ``found``."""
    for kind, pattern in SECRETS.items():
        text, count = pattern.subn(f"[{kind} removed]", text)
        found += [kind] * count
    return text
