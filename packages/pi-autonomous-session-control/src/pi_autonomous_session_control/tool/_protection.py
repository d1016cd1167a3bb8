"""Traps: set one, see which are near, list them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_autonomous_session_control import edge
from pi_autonomous_session_control.memory import Origin, Search, preview
from pi_autonomous_session_control.tool._crystallization import scope_of, told_of
from pi_autonomous_session_control.tool._records import Answer
from pi_autonomous_session_control.traps import Matcher, NewTrap, ToolCall, match, trap_of

if TYPE_CHECKING:
    from pi_autonomous_session_control.memory import Memory
    from pi_autonomous_session_control.tool._records import Question, View
    from pi_autonomous_session_control.traps import Level

__all__ = ["check_traps", "list_traps", "mark_trap"]

_LEVELS: Final[tuple[Level, ...]] = ("note", "confirm", "block")
_PREVIEW: Final = 30
_WIDTH: Final = 200
_MOST: Final = 1000
_CODE: Final = re.compile(r"`([^`\n]{2,200})`")
#: A trap that is only worded like the situation is near to it, not in it.
_ALIKE: Final = 0.5
_LATEST: Final = 5


def mark_trap(asked: Question) -> Answer:
    """Set a trap that fires before the call that steps into it."""
    view: View = asked.view
    description = asked.text("description")
    if not description:
        return Answer(
            text="What is the trap? Give it after a colon, in quotes or in context.description.",
            suggestions=('Mark as trap: "the deploy script has no dry run" with context.triggers',),
        )
    matchers = _matchers(asked, description)
    level = edge.choice(asked.context.get("level"), _LEVELS)
    topic = asked.text("topic")
    stored = view.learned.traps.mark(
        NewTrap(
            description=description,
            scope=scope_of(asked),
            matchers=matchers,
            level=level or "note",
            topics=(topic,) if topic else tuple(asked.slots.get("triggers", ()))[:1],
            context=f"turn {view.state.turns}",
            origin=Origin(session=view.session, entry=view.leaf or "", event="self mark trap"),
        )
    )
    view.learned.publish()
    fires = ", ".join(f"{matcher.kind} `{matcher.value}`" for matcher in matchers)
    text = f"Trap {stored.memory.id} is set: {preview(stored.memory.content, _WIDTH)}"
    text += (
        f"\nIt fires ({level if level in _LEVELS else 'note'}) on {fires}."
        if fires
        else ("\nIt has no trigger, so it never fires by itself: give context.triggers, or context.matchers.")
    )
    return Answer(text=text + told_of(stored), data={"trapId": stored.memory.id})


def check_traps(asked: Question) -> Answer:
    """Tell which traps are near to what is being done."""
    view: View = asked.view
    place, store = view.learned.place, view.learned.store
    memories = store.all(place.scopes, kind="trap")
    doing = asked.text("currentContext") or _lately(view)
    call = ToolCall(tool="", input={"command": doing, "path": doing, "text": doing}, cwd=view.state.cwd or "/")
    hits = match([trap_of(memory) for memory in memories], call)
    if hits:
        view.learned.traps.fired(hits, "noted", session=view.session)
        view.learned.publish()
    near = {hit.trap.id: (hit.trap.description, 1.0) for hit in hits}
    for found in store.search(Search(doing, place.scopes, kind="trap", limit=_LATEST)) if doing else []:
        if _share(found.memory, doing) >= _ALIKE:
            near.setdefault(found.memory.id, (found.memory.content, round(_share(found.memory, doing), 2)))
    listed = [{"id": name, "description": text, "matchScore": score} for name, (text, score) in near.items()]
    data = {"approachingTraps": listed, "totalTraps": len(memories)}
    if not listed:
        return Answer(text=f"No traps near ({len(memories)} known).", data=data)
    told = "\n".join(f"- {preview(text, _WIDTH)}" for text, _ in near.values())
    return Answer(text=f"WARNING: {len(listed)} trap(s) near:\n{told}", data=data)


def list_traps(asked: Question) -> Answer:
    """List the traps that hold here."""
    view: View = asked.view
    topic = asked.text("topic")
    memories = view.learned.store.all(view.learned.place.scopes, kind="trap")
    if topic:
        wanted = topic.casefold()
        memories = [m for m in memories if wanted in [t.casefold() for t in m.topics] or wanted in m.content.casefold()]
    data = {"traps": [_trap(view, memory) for memory in memories], "count": len(memories)}
    if not memories:
        return Answer(text="No traps are set." if not topic else f"No traps about {topic!r}.", data=data)
    listed = "; ".join(f"{preview(memory.content, _PREVIEW)} ({trap_of(memory).level})" for memory in memories)
    return Answer(text=f"{len(memories)} trap(s): {listed}.", data=data)


def _matchers(asked: Question, description: str) -> tuple[Matcher, ...]:
    """Return what the trap looks for: as given, or else what the description has in backticks."""
    given = asked.context.get("matchers")
    found = []
    for item in given if isinstance(given, list) else []:
        try:
            found.append(msgspec.convert(item, Matcher))
        except msgspec.ValidationError as error:
            raise ValueError(
                f"{item!r} is no matcher: {error}; write {{'kind': 'command', 'value': 'git push -f'}}"
            ) from error
    found += [Matcher("text", trigger) for trigger in asked.slots.get("triggers", ())]
    return tuple(found) or tuple(Matcher("text", code) for code in dict.fromkeys(_CODE.findall(description)))


def _lately(view: View) -> str:
    commands = [run.command for run in view.state.commands[-_LATEST:]]
    files = [file.path for file in list(view.state.files.values())[-_LATEST:]]
    return "\n".join([*commands, *files])


def _share(memory: Memory, doing: str) -> float:
    """Return which share of the trap's words is in ``doing``."""
    words = set(re.findall(r"\w{4,}", memory.content.casefold()))
    here = set(re.findall(r"\w{4,}", doing.casefold()))
    return len(words & here) / len(words) if words else 0.0


def _trap(view: View, memory: Memory) -> dict[str, Any]:
    trap = trap_of(memory)
    stats = view.learned.traps.stats(memory.id)
    return {
        "id": trap.id,
        "description": trap.description,
        "triggers": [matcher.value for matcher in trap.matchers],
        "matchers": [msgspec.to_builtins(matcher) for matcher in trap.matchers],
        "level": trap.level,
        "markedAt": memory.created_at,
        "encounterCount": stats.total,
        "outcomes": stats.by_outcome,
        "topics": list(memory.topics),
    }
