"""What one entry says: the words to search, who says them, and what they cost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pi_host.sessionfile import Message, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile import Entry

__all__ = ["KINDS", "Digest", "digest", "milliseconds"]

#: So many characters of a tool's output are searched: a build log of megabytes would crowd out what was said about it.
MOST_OUTPUT: Final = 32_768

#: So many characters of anything else; more than that nobody wrote by hand.
_MOST_TEXT: Final = 1_000_000

#: What an entry can be for a search.
KINDS: Final = ("user", "assistant", "tool", "bash", "custom", "summary", "name", "label")

_ROLES: Final = {
    "user": "user",
    "assistant": "assistant",
    "toolResult": "tool",
    "bashExecution": "bash",
    "custom": "custom",
    "compactionSummary": "summary",
    "branchSummary": "summary",
}


class Digest(NamedTuple):
    """What the catalogue keeps of one entry.

    Attributes:
        kind: one of `KINDS`; empty for what is not searched.
        text: the words to search.
        tool: the tool that a result is from.
        calls: names of the tools that are called.
        at: when it was written, in milliseconds since 1970; ``None`` if it isn't said.
        said_at: when the message in it was made, for messages of user and assistant.
        failed: whether it is a failed answer of a model or a failed result of a tool.
        provider: of the model that is named, if one is.
        model: its id.
        usage: tokens and cost, where the entry tells of them.
    """

    kind: str = ""
    text: str = ""
    tool: str | None = None
    calls: tuple[str, ...] = ()
    at: int | None = None
    said_at: int | None = None
    failed: bool = False
    provider: str | None = None
    model: str | None = None
    usage: Usage | None = None


def digest(entry: Entry) -> Digest:
    """Return what the catalogue keeps of ``entry``, which has its body."""
    fields = entry.fields
    at = milliseconds(entry.timestamp)
    if entry.type == "message" and isinstance(fields.get("message"), dict):
        return _of_message(Message(fields["message"]), at)
    found = Digest(at=at, provider=_plain(fields.get("provider")), usage=Usage.of(fields.get("usage")))
    match entry.type:
        case "compaction" | "branch_summary":
            return found._replace(kind="summary", text=_plain(fields.get("summary")))
        case "custom_message":
            return found._replace(kind="custom", text=_plain(Message(fields).text))
        case "session_info" | "label" as kind:
            text = " ".join(_plain(fields.get("name" if kind == "session_info" else "label")).split())
            return found._replace(kind="label" if kind == "label" else "name", text=text)
        case "model_change" | "usage" as kind:
            return found._replace(model=_plain(fields.get("modelId" if kind == "model_change" else "model")))
    return found


def _of_message(message: Message, at: int | None) -> Digest:
    kind = _ROLES.get(message.role, "")
    if kind == "assistant":
        calls = message.tool_calls
        return Digest(
            kind,
            _plain("\n".join(filter(None, (message.thinking, message.text, *map(_call_words, calls))))),
            calls=tuple(_plain(call.name) for call in calls),
            at=at,
            said_at=_said_at(message, at),
            failed=message.is_error,
            provider=_plain(message.provider),
            model=_plain(message.model),
            usage=message.usage,
        )
    if kind == "tool":
        text, tool = _plain(message.text, MOST_OUTPUT), _plain(message.tool_name)
        return Digest(kind, text, tool, at=at, failed=message.is_error, usage=message.usage)
    if kind == "bash":
        command, output = _plain(message.data.get("command")), _plain(message.data.get("output"), MOST_OUTPUT)
        return Digest(kind, f"{command}\n{output}", at=at)
    if kind == "summary":
        return Digest(kind, _plain(message.data.get("summary")), at=at)
    said_at = _said_at(message, at) if kind == "user" else None
    return Digest(kind, _plain(message.text) if kind else "", at=at, said_at=said_at)


def _call_words(call: tuple[str, str, dict[str, Any]]) -> str:
    _, name, arguments = call
    return " ".join((name, *_words(arguments)))


def _words(value: object) -> Iterator[str]:
    """Yield the strings in a JSON value."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as members:
                waiting += reversed(members.values())
            case list() as parts:
                waiting += reversed(parts)


def _said_at(message: Message, at: int | None) -> int | None:
    # A date beyond the year 9999 is damage, and no calendar can show it.
    stated = message.timestamp
    return int(stated) if stated is not None and 0 < stated < _END_OF_TIME else at


_END_OF_TIME: Final = 253_402_300_800_000


def milliseconds(timestamp: str) -> int | None:
    """Return an ISO 8601 time in milliseconds since 1970, ``None`` if it is none."""
    try:
        moment = datetime.fromisoformat(timestamp)
        return int(moment.timestamp() * 1000) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _plain(value: object, most: int = _MOST_TEXT) -> str:
    """Return ``value`` as text that SQLite can hold: no halves of characters, no NUL; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    text = value[:most]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", " ")
