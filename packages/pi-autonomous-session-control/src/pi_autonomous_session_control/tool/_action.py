"""What has an effect in pi: checkpoints, follow-ups, the editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.mirror import Marked, Queued
from pi_autonomous_session_control.tool._records import Answer

if TYPE_CHECKING:
    from pi_autonomous_session_control.tool._records import Question, View

__all__ = ["create_checkpoint", "prefill_editor", "queue_followup"]

_UNFIT: Final = re.compile(r"[^A-Za-z0-9.-]+")
_LABEL_WIDTH: Final = 30
_MS: Final = 1000


def create_checkpoint(asked: Question) -> Answer:
    """Label the current entry, or the one that is named."""
    view: View = asked.view
    reason = asked.text("reason") or "manual checkpoint"
    target = asked.text("entryId") or view.leaf
    name = view.ids.new("checkpoint", view.now)
    label = f"checkpoint-{_UNFIT.sub('-', reason).strip('-')[:_LABEL_WIDTH]}-{name.partition('-')[2]}"
    event = Marked(at=view.now, entry=view.leaf, id=name, label=label, reason=reason, target=target)
    where = f"entry {target} is labelled {label}; /tree shows it" if target else "there is no entry to label yet"
    return Answer(
        text=f"Checkpoint {name} created ({reason}): {where}.",
        data={"checkpointId": name, "label": label, "reason": reason, "entryId": target},
        events=(event,),
    )


def queue_followup(asked: Question) -> Answer:
    """Queue a prompt for later."""
    view: View = asked.view
    text = asked.text("text")
    if not text:
        return Answer(
            text="What shall the follow-up say? Give it after a colon, in quotes or in context.text.",
            suggestions=("Queue follow-up: run the integration tests",),
        )
    span = asked.slots.get("span")
    due, turns, when = _time(span if isinstance(span, dict) else {}, view.now)
    name = view.ids.new("followup", view.now)
    context = asked.text("context")
    event = Queued(at=view.now, entry=view.leaf, id=name, text=text, context=context, due=due, turns=turns)
    data = {"followupId": name, "text": text, "context": context, "dueAt": due, "afterTurns": turns}
    return Answer(text=f"Follow-up {name} is queued and comes {when}: {text}", data=data, events=(event,))


def prefill_editor(asked: Question) -> Answer:
    """Put text into the editor."""
    text = asked.text("text")
    if not text:
        return Answer(
            text="What shall stand in the editor? Give it after a colon, in quotes or in context.text.",
            suggestions=("Prefill: review the diff",),
        )
    return Answer(text=f"The editor now holds: {text}", data={"text": text, "prefill": True}, prefill=text)


def _time(span: dict[str, Any], now: int) -> tuple[int | None, int | None, str]:
    amount, unit, seconds = span.get("amount"), span.get("unit"), span.get("seconds")
    if isinstance(seconds, int | float) and seconds > 0:
        return now + int(seconds * _MS), None, f"in {amount} {unit}(s)"
    if unit == "turn" and isinstance(amount, int | float) and amount > 0:
        return None, int(amount), f"after {int(amount)} turn(s)"
    return None, None, "when this run is over"
