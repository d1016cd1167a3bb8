"""What the entries of a path contribute to the conversation: compactions, edits and derived messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_host.sessionfile._entry import Entry

__all__ = ["Model", "Part", "Projection", "project"]

_EDITABLE = ("user", "assistant", "toolResult", "custom")
_WITH_CONTENT = ("system", "user", "assistant", "toolResult")


class Model(NamedTuple):
    """A model as entries name it.

    Attributes:
        provider: id of its provider.
        id: its own id.
    """

    provider: str
    id: str


class Part(NamedTuple):
    """What one entry contributes to the conversation.

    Attributes:
        entry: the entry.
        messages: none, one or two of them, with pi's own roles, those that no model knows among them
            (``compactionSummary``, ``branchSummary``, ``custom``, ``bashExecution``).
    """

    entry: Entry
    messages: list[dict[str, Any]]


class Projection(NamedTuple):
    """The conversation at an entry, and where its messages come from.

    Attributes:
        parts: of the entries that count: all on the path, or the last compaction, what it keeps and what follows.
        model: the model in use at the end of the path, ``None`` before the first choice.
        thinking_level: such as ``"off"`` or ``"high"``.
    """

    parts: list[Part]
    model: Model | None
    thinking_level: str


def project(path: Sequence[Entry]) -> Projection:
    """Return the conversation along ``path``, entries with their bodies from the root to the one of interest."""
    kept = _kept(path)
    edits = {entry.target_id: entry for entry in kept if entry.type == "context_edit"}
    parts = [
        # An older compaction may lie among the entries that the last one keeps.
        Part(entry, [] if place and entry.type == "compaction" else _messages(entry, edits.get(entry.id)))
        for place, entry in enumerate(kept)
    ]
    return Projection(parts, _model(path), _thinking_level(path))


def _kept(path: Sequence[Entry]) -> Sequence[Entry]:
    last = max((place for place, entry in enumerate(path) if entry.type == "compaction"), default=None)
    if last is None:
        return path
    before, compaction, after = path[:last], path[last], path[last + 1 :]
    first = next((place for place, entry in enumerate(before) if entry.id == compaction.target_id), last)
    return [compaction, *(entry for entry in before[first:] if entry.role != "system"), *after]


def _messages(entry: Entry, edit: Entry | None) -> list[dict[str, Any]]:
    messages = _unedited(entry)
    replacement = edit.fields.get("replacement", ...) if edit is not None else ...
    if replacement is None:
        return []
    if not isinstance(replacement, dict):
        return messages
    return [_edited(message, replacement.get("content")) for message in messages]


def _unedited(entry: Entry) -> list[dict[str, Any]]:
    if entry.type not in _CONTRIBUTES:
        return []
    fields = entry.fields
    match entry.type:
        case "message":
            return _stored(fields.get("message"))
        case "custom_message":
            content = fields["content"] if fields.get("content") is not None else []
            return [{"role": "custom", **_chosen(fields, "customType", "display", "details"), "content": content}]
        case "branch_summary":
            return [{"role": "branchSummary", **_chosen(fields, "summary", "fromId")}] if fields.get("summary") else []
    summary = {"role": "compactionSummary", **_chosen(fields, "summary", "tokensBefore")}
    system = fields.get("systemMessage")
    return [system, summary] if isinstance(system, dict) else [summary]


_CONTRIBUTES = frozenset({"message", "custom_message", "branch_summary", "compaction"})


def _stored(message: object) -> list[dict[str, Any]]:
    if not isinstance(message, dict):
        return []
    if message.get("role") in _WITH_CONTENT and message.get("content") is None:
        return [{**message, "content": "" if message["role"] == "system" else []}]
    return [message]


def _edited(message: dict[str, Any], content: object) -> dict[str, Any]:
    if message.get("role") not in _EDITABLE:
        return message
    if message["role"] in ("assistant", "toolResult") and isinstance(content, str):
        content = [{"type": "text", "text": content}]
    return {**message, "content": content}


def _chosen(fields: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: fields[key] for key in keys if key in fields}


def _model(path: Sequence[Entry]) -> Model | None:
    for entry in reversed(path):
        if entry.type == "model_change":
            fields = entry.fields
            return Model(_text(fields.get("provider")), _text(fields.get("modelId")))
        if entry.role == "assistant":
            message = entry.fields["message"]
            return Model(_text(message.get("provider")), _text(message.get("model")))
    return None


def _thinking_level(path: Sequence[Entry]) -> str:
    for entry in reversed(path):
        if entry.type == "thinking_level_change":
            return _text(entry.fields.get("thinkingLevel"))
    return "off"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
