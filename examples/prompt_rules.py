"""Add a project's house rules to the system prompt: the text of its ``RULES.md``.

Without such a file, or in a project that pi does not trust, the rules below are used. Another file is named in
``~/.pi/agent/pi-host.toml``::

    [plugins.prompt_rules]
    file = "docs/house-rules.md"

Install it: ``cp prompt_rules.py ~/.pi/agent/python/``
"""

from pathlib import Path

from pi_host import Context, hookimpl
from pi_host.events import BeforeAgentStartAnswer, BeforeAgentStartEvent

RULES = "Answer in one sentence, and never delete files without asking."


@hookimpl
def before_agent_start(event: BeforeAgentStartEvent, ctx: Context) -> BeforeAgentStartAnswer:
    """Put the rules below everything else, where the provider's cache of the prompt suffers least."""
    return BeforeAgentStartAnswer(system_prompt=f"{event.system_prompt}\n\nHouse rules: {rules(ctx)}")


def rules(ctx: Context) -> str:
    """Return the project's rules, read anew for each prompt, so that an edit counts at once."""
    path = Path(ctx.cwd, ctx.options.get("file", "RULES.md"))
    # What stands in a file of somebody else's project would speak to the model with the user's voice.
    if not ctx.trusted or not path.is_file():
        return RULES
    return path.read_text("utf-8").strip()
