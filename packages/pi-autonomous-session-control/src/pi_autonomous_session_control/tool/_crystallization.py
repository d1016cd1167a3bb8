"""What was learned: remember, recall, forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.memory import Draft, Origin, Search, preview
from pi_autonomous_session_control.tool._records import Answer

if TYPE_CHECKING:
    from pi_autonomous_session_control.memory import Hit, Memory, Scope, Stored
    from pi_autonomous_session_control.tool._records import Question, View

__all__ = ["forget_pattern", "recall_patterns", "remember_pattern", "scope_of", "told_of"]

_SHOWN: Final = 5
_FOUND: Final = 10
_WIDTH: Final = 200
_SCOPES: Final = ("user", "repository", "branch", "session")


def remember_pattern(asked: Question) -> Answer:
    """Store what was learned."""
    view: View = asked.view
    content = asked.text("pattern")
    if not content:
        return Answer(
            text="What shall be remembered? Give it after a colon, in quotes or in context.pattern.",
            suggestions=('Remember: "the tests need docker"',),
        )
    topic = asked.text("topic") or "general"
    topics = tuple(dict.fromkeys([topic, *asked.texts("topics")]))
    stored = view.learned.store.add(
        Draft(
            content=content,
            scope=scope_of(asked),
            topics=topics,
            context=f"turn {view.state.turns}",
            origin=Origin(session=view.session, entry=view.leaf or "", event="self remember"),
        )
    )
    view.learned.publish()
    text = f"Remembered under {topic} ({stored.memory.scope.kind}): {preview(stored.memory.content, _WIDTH)}"
    if stored.merged:
        text = f"Known already, and now stronger: {preview(stored.memory.content, _WIDTH)}"
    return Answer(text=text + told_of(stored), data={"patternId": stored.memory.id, "topic": topic})


def recall_patterns(asked: Question) -> Answer:
    """Recall what fits, best first; what is recalled fades more slowly."""
    view: View = asked.view
    topic = asked.text("topic")
    hits = _recalled(view, topic, named=isinstance(asked.context.get("topic"), str))
    if hits:
        view.learned.publish()
    shown = [hit.memory for hit in hits]
    data: dict[str, Any] = {"patterns": [_pattern(memory) for memory in shown], "count": len(shown)}
    about = f" about {topic!r}" if topic else ""
    if not shown:
        return Answer(text=f"Nothing has been learned{about} yet.", data=data)
    listed = "\n".join(f"- [{memory.topic}] {preview(memory.content, _WIDTH)}" for memory in shown[:_SHOWN])
    more = f"\n(and {len(shown) - _SHOWN} more in data)" if len(shown) > _SHOWN else ""
    return Answer(text=f"{len(shown)} learned{about}:\n{listed}{more}", data=data)


def forget_pattern(asked: Question) -> Answer:
    """Forget one memory; by words only if they name exactly one."""
    view: View = asked.view
    name, words = asked.text("patternId"), asked.text("pattern")
    if not name and not words:
        return Answer(
            text="Which one shall be forgotten? Give context.patternId, or words that are in it.",
            suggestions=("What did I learn?",),
        )
    if not name:
        named = view.learned.store.matching(Search(words, view.learned.place.scopes, kind="pattern", limit=_FOUND))
        if len(named) != 1:
            return _which(words, named)
        name = named[0].id
    gone = view.learned.store.forget([name])
    if not gone:
        return Answer(text=f"There is no memory {name!r}.", suggestions=("What did I learn?",))
    view.learned.publish()
    return Answer(text=f"Forgotten: {name}.", data={"patternId": name})


def scope_of(asked: Question) -> Scope:
    """Return where a new memory shall hold: ``context.scope``, the repository by default.

    Raises:
        ValueError: there is no such scope here.
    """
    wanted = asked.context.get("scope")
    place = asked.view.learned.place
    scope: Scope = place.scope(wanted if wanted in _SCOPES else "repository")
    return scope


def told_of(stored: Stored) -> str:
    """Return what the agent must know about what was stored."""
    told = ""
    if stored.masked:
        told += f"\nSecrets are not kept; these were taken out: {', '.join(stored.masked)}."
    if stored.evicted:
        told += f"\nThe memory is full; forgotten for it: {', '.join(stored.evicted)}."
    return told


def _recalled(view: View, topic: str, *, named: bool) -> list[Hit]:
    store, scopes = view.learned.store, view.learned.place.scopes
    if not topic:
        return store.recall(Search("", scopes, kind="pattern", limit=_FOUND))
    filed = store.recall(Search("", scopes, kind="pattern", topic=topic, limit=_FOUND))
    if filed or named:
        return filed
    return store.recall(Search(topic, scopes, kind="pattern", limit=_FOUND))


def _which(words: str, named: list[Memory]) -> Answer:
    if not named:
        return Answer(
            text=f"Nothing has all the words {words!r}; nothing was forgotten.", suggestions=("What did I learn?",)
        )
    listed = "\n".join(f"- {memory.id}: {preview(memory.content, _WIDTH)}" for memory in named)
    return Answer(
        text=f"{words!r} names {len(named)} memories; nothing was forgotten. Repeat with context.patternId:\n{listed}",
        data={"candidates": [_pattern(memory) for memory in named]},
    )


def _pattern(memory: Memory) -> dict[str, Any]:
    return {
        "id": memory.id,
        "topic": memory.topic,
        "content": memory.content,
        "context": memory.context,
        "crystallizedAt": memory.created_at,
        "lastAccessedAt": memory.accessed_at,
        "accessCount": memory.access_count,
        "strength": memory.strength,
        "topics": list(memory.topics),
        "scope": memory.scope.kind,
        "confidence": memory.confidence,
    }
