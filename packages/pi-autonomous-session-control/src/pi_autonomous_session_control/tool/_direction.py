"""Where to go: alternatives, confidence, help."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.mirror import Asked, Branched, Confident
from pi_autonomous_session_control.tool._records import Answer

if TYPE_CHECKING:
    from pi_autonomous_session_control.tool._records import Question, View

__all__ = ["compare_branches", "list_branches", "request_help", "signal_confidence", "spawn_branch"]

_TO_COMPARE: Final = 2


def spawn_branch(asked: Question) -> Answer:
    """Offer the fork for an alternative."""
    view: View = asked.view
    objective = asked.text("objective") or "explore an alternative"
    source = asked.text("entryId")
    if not source:
        return Answer(
            text=f"To branch for {objective!r}, say from which entry of the session: give context.entryId.",
            suggestions=(f"repeat with context.entryId, such as {view.leaf!r}, the current entry",),
        )
    name = view.ids.new("branch", view.now)
    event = Branched(at=view.now, entry=view.leaf, id=name, objective=objective, source=source)
    return Answer(
        text=f"Branch {name} for {objective!r} is noted. Nothing has been forked yet: the user does that with /fork, "
        f"or with /tree, choosing entry {source}.",
        data={"branchId": name, "objective": objective, "entryId": source},
        events=(event,),
    )


def list_branches(asked: Question) -> Answer:
    """List the alternatives that were proposed."""
    branches = _branches(asked)
    data = {"branches": branches, "count": len(branches)}
    if not branches:
        return Answer(text="No branches have been spawned.", data=data)
    listed = "; ".join(f"{branch['objective']} ({branch['status']})" for branch in branches)
    return Answer(text=f"{len(branches)} branches: {listed}.", data=data)


def compare_branches(asked: Question) -> Answer:
    """Compare them, if there are at least two."""
    branches = _branches(asked)
    statuses = dict(Counter(branch["status"] for branch in branches))
    comparable = len(branches) >= _TO_COMPARE
    data = {"branches": branches, "count": len(branches), "byStatus": statuses, "comparable": comparable}
    if not comparable:
        return Answer(
            text=f"There is nothing to compare: a comparison takes two branches, and there are {len(branches)}.",
            data=data,
            suggestions=("spawn branch with context.objective and context.entryId", "list branches"),
        )
    counted = ", ".join(f"{number} {status}" for status, number in statuses.items())
    listed = "; ".join(branch["objective"] for branch in branches)
    return Answer(text=f"Comparison of {len(branches)} branches ({counted}): {listed}.", data=data)


def signal_confidence(asked: Question) -> Answer:
    """Note how sure the agent is."""
    view: View = asked.view
    level = asked.text("level") or "medium"
    context = asked.text("context") or "general"
    event = Confident(at=view.now, entry=view.leaf, level=level, context=context)
    suggestions = ("ask for help: I need help with ...",) if level in {"low", "blocked"} else ()
    return Answer(
        text=f"Confidence {level} noted: {context}.",
        data={"level": level, "context": context},
        suggestions=suggestions,
        events=(event,),
    )


def request_help(asked: Question) -> Answer:
    """Call for the user."""
    view: View = asked.view
    topic = asked.text("topic") or "unspecified"
    urgency = asked.text("urgency") or "medium"
    context = asked.text("context")
    event = Asked(at=view.now, entry=view.leaf, topic=topic, urgency=urgency, context=context)
    return Answer(
        text=f"Help requested with {topic} (urgency {urgency}); the user is being told.",
        data={"topic": topic, "urgency": urgency, "context": context},
        suggestions=("say what was tried and what is missing", "go on with something that does not depend on it"),
        events=(event,),
    )


def _branches(asked: Question) -> list[dict[str, Any]]:
    return [
        {
            "id": branch.id,
            "objective": branch.objective,
            "spawnedAt": branch.at,
            "entryId": branch.source,
            "status": "active",
        }
        for branch in asked.view.state.branches
    ]
