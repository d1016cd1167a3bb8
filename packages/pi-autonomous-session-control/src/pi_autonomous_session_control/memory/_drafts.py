"""What comes in is checked, cleaned and freed of secrets before it is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from pi_autonomous_session_control.memory import _secrets
from pi_autonomous_session_control.memory._errors import InvalidError, SecretError
from pi_autonomous_session_control.memory._records import (
    MAX_CONTENT,
    MAX_CONTEXT,
    MAX_METADATA,
    MAX_TOPIC,
    MAX_TOPICS,
)
from pi_autonomous_session_control.memory._text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_autonomous_session_control.memory._records import Draft

__all__ = ["checked", "distinct"]


def checked(draft: Draft) -> tuple[Draft, tuple[str, ...]]:
    """Return ``draft`` as it may be stored, and the kinds of secrets that were masked in it.

    Raises:
        SecretError: it is nothing but a secret.
        InvalidError: it is empty, too long or out of range.
    """
    found: list[str] = []
    content = _text("the text", draft.content, MAX_CONTENT, found)
    if not content:
        raise InvalidError("there is nothing to remember: the text is empty, write what you want to keep")
    if found and not any(character.isalnum() for character in _bare(content, found)):
        raise SecretError(f"this is nothing but a secret ({', '.join(found)}) and is not kept: say where to find it")
    if not 0 <= draft.confidence <= 1:
        raise InvalidError(f"the confidence must be between 0 and 1, not {draft.confidence!r}")
    changed = msgspec.structs.replace(
        draft,
        content=content,
        context=_text("the context", draft.context, MAX_CONTEXT, found),
        topics=_topics(draft.topics, found),
        metadata=_metadata(draft.metadata, found),
        origin=msgspec.structs.replace(draft.origin, text=_secrets.mask(clean(draft.origin.text)).text),
    )
    return changed, tuple(dict.fromkeys(found))


def _bare(text: str, kinds: Iterable[str]) -> str:
    for kind in kinds:
        text = text.replace(f"[secret: {kind}]", "")
    return text


def _text(what: str, text: str, most: int, found: list[str]) -> str:
    if len(text) > most:
        raise InvalidError(f"{what} has {len(text)} characters, at most {most} are kept: shorten it, or store a path")
    masked = _secrets.mask(clean(text))
    found += masked.kinds
    return masked.text


def distinct(topics: Iterable[str]) -> tuple[str, ...]:
    """Return ``topics`` in order, each once in the first of its spellings."""
    spellings: dict[str, str] = {}
    for topic in topics:
        spellings.setdefault(topic.casefold(), topic)
    return tuple(spellings.values())


def _topics(topics: Iterable[str], found: list[str]) -> tuple[str, ...]:
    cleaned = distinct(" ".join(_text("a topic", topic, MAX_TOPIC, found).split()) for topic in topics)
    named = tuple(topic for topic in cleaned if topic)
    if len(named) > MAX_TOPICS:
        raise InvalidError(f"{len(named)} topics are too many, at most {MAX_TOPICS} are kept: choose")
    return named


def _metadata(metadata: dict[str, Any], found: list[str]) -> dict[str, Any]:
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidError(f"the metadata is not JSON: {error}") from error
    if len(text) > MAX_METADATA:
        raise InvalidError(f"the metadata has {len(text)} characters, at most {MAX_METADATA} are kept")
    masked: dict[str, Any] = _masked(metadata, found)
    return masked


def _masked(value: Any, found: list[str]) -> Any:
    match value:
        case str():
            masked = _secrets.mask(clean(value))
            found += masked.kinds
            return masked.text
        case list() | tuple():
            return [_masked(item, found) for item in value]
        case dict():
            return {_masked(str(key), found): _masked(item, found) for key, item in value.items()}
        case _:
            return value
