"""What can be asked, and what to say when a question is not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.tool._records import Answer

if TYPE_CHECKING:
    from pi_autonomous_session_control.routing import Route
    from pi_autonomous_session_control.tool._records import Question

__all__ = ["capability_discovery", "not_understood"]

_DOMAINS: Final = (
    ("perception", "What really happened: files, commands, errors, loops, progress.",
     ("What files have I touched?", "What commands have I run?", "Am I in a loop?", "What progress have I made?")),
    ("direction", "Where to go: alternatives, confidence, help.",
     ('Spawn branch "try the other parser"', "What branches?", "I'm unsure about the schema", "I need help with X")),
    ("crystallization", "What was learned, across sessions.",
     ('Remember: "the tests need docker"', "What did I learn about tests?", "Forget pattern (context.patternId)")),
    ("protection", "Traps that fire before a call steps into them.",
     ('Mark as trap: "deploy has no dry run" (context.triggers)', "Am I approaching a trap?", "List traps")),
    ("action", "Things with an effect in pi.",
     ('Create checkpoint "before the split"', "Remind me in 10 minutes to check the build", "Prefill: review it")),
)  # fmt: skip
_SURFACES: Final = (
    ("self query domains", "what this tool answers; listed here"),
    ("toolbox and bundle discovery", "which other tools and extensions there are: ask the tool that lists them"),
    ("capability maps of a repository", "documents that say who does what: read them; they guide and do not decide"),
)  # fmt: skip
_SUGGESTIONS: Final = ("What files have I touched?", "Am I in a loop?", "What progress have I made?", "What errors?")


def capability_discovery(asked: Question) -> Answer:
    """Name what can be asked."""
    del asked
    domains = [{"name": name, "description": text, "examples": list(samples)} for name, text, samples in _DOMAINS]
    surfaces = [{"name": name, "description": text} for name, text in _SURFACES]
    lines = [f"- {name}: {text} E.g. {'; '.join(samples)}" for name, text, samples in _DOMAINS]
    return Answer(
        text="This mirror answers questions of five domains:\n" + "\n".join(lines),
        data={"domains": domains, "discoverySurfaces": surfaces},
    )


def not_understood(query: str, route: Route | None) -> Answer:
    """Say that a query is not understood, and what it may have meant."""
    data: dict[str, Any] = {}
    nearest = ""
    if route is not None and route.runner_up is not None:
        other = route.runner_up
        data["nearestIntents"] = [{"intent": other.domain, "kind": other.kind, "score": round(other.score, 3)}]
        nearest = f" The nearest would be {other.kind} ({other.domain})."
    return Answer(
        text=f"Not understood: {query[:200]!r}.{nearest} This mirror knows about files, commands, errors, loops, "
        "progress, branches, help, memories, traps, checkpoints and follow-ups.",
        data=data or None,
        suggestions=_SUGGESTIONS,
        understood=False,
    )
