"""What the entries of a session say, piece by piece, for a reader."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from pi_host.sessionfile import Message, Usage
from pi_session_persistence.export._calls import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile import Entry
    from pi_session_persistence.export._redact import Redactor

__all__ = ["Block", "Kind", "Piece", "Teller"]

#: What a piece is: somebody's words, or a note about the session.
Kind: TypeAlias = Literal["user", "assistant", "tool", "bash", "custom", "summary", "system", "note"]

#: What a part of a piece is, if it is words.
Words: TypeAlias = Literal["text", "markdown", "thinking", "call", "output", "error"]


_WHO: Final[dict[Kind, str]] = {
    "user": "you",
    "assistant": "pi",
    "tool": "tool",
    "bash": "by hand",
    "custom": "added",
    "summary": "summary",
    "system": "system",
    "note": "",
}


class Block(NamedTuple):
    """A part of what somebody said.

    Attributes:
        kind: ``text`` by a person, ``markdown`` by a model, ``thinking``, ``call``, ``output``, ``error`` or ``image``.
        text: the words; what a tool is called with; the data of an image in base64.
        name: of the tool; the MIME type of an image.
        brief: what a call is about, for one line.
        language: what ``text`` is written in, such as ``bash``; empty if it isn't known.
    """

    kind: Words | Literal["image"]
    text: str
    name: str = ""
    brief: str = ""
    language: str = ""


class Piece(NamedTuple):
    """What one entry says.

    Attributes:
        id: of the entry; empty if it has none.
        kind: who says it.
        title: what it is, for what isn't somebody's words.
        at: when it was written (ISO 8601); empty if it isn't said.
        blocks: its parts.
        failed: whether it tells of a failure.
        model: the model that answered.
        usage: what the answer took.
    """

    id: str
    kind: Kind
    title: str
    at: str
    blocks: list[Block]
    failed: bool = False
    model: str = ""
    usage: Usage | None = None

    @property
    def who(self) -> str:
        """Who speaks, in words for a reader; empty for a note."""
        return _WHO[self.kind]


class Teller:
    """Tells what entries say.

    Args:
        redactor: takes out secrets; ``None`` leaves everything as it is.
        images: whether images are kept; otherwise a word stands for each.
    """

    def __init__(self, redactor: Redactor | None, *, images: bool) -> None:
        self._redactor = redactor
        self._images = images

    def tell(self, entry: Entry) -> Piece:
        """Return what ``entry``, which has its body, says."""
        fields = entry.fields
        if entry.type == "message" and isinstance(fields.get("message"), dict):
            return self._message(entry, Message(fields["message"]))
        return self._other(entry, fields)

    def _message(self, entry: Entry, message: Message) -> Piece:
        kind = _ROLES.get(message.role, "note")
        title = self.clean(message.role) if kind == "note" else ""
        failed = message.is_error
        blocks = list(self._blocks(message, kind))
        error = message.data.get("errorMessage")
        if kind == "assistant" and (failed or error):  # one that was aborted has one, too
            blocks.append(self._block("error", error or "the request failed"))
        if kind == "bash":
            command = {"command": _str(message.data.get("command"))}
            blocks = [self._call("bash", command), self._block("output", message.data.get("output"), "bash")]
            failed = message.data.get("exitCode") not in (0, None)
        model = "/".join(filter(None, (message.provider, message.model)))
        return Piece(entry.id or "", kind, title, entry.timestamp, blocks, failed, self.clean(model), message.usage)

    def _blocks(self, message: Message, kind: Kind) -> Iterator[Block]:
        words: Words = "markdown" if kind == "assistant" else "output" if kind == "tool" else "text"
        for block in message.blocks:
            match block.get("type"):
                case "text":
                    yield self._block(words, block.get("text"), message.tool_name)
                case "thinking":
                    yield self._block("thinking", block.get("thinking"))
                case "toolCall":
                    yield self._call(_str(block.get("name")), block.get("arguments"))
                case "image":
                    yield self._image(block)
                case other:
                    yield self._block(words, f"({other})")

    def _image(self, block: dict[str, Any]) -> Block:
        mime, data = _str(block.get("mimeType")), _str(block.get("data"))
        if self._images:
            return Block("image", data, mime)
        return self._block("text", f"(image, {mime}, {len(data) * 3 // 4:,} bytes)")

    def _other(self, entry: Entry, fields: dict[str, Any]) -> Piece:
        words = Message(fields)
        match entry.type:
            case "compaction":
                title, text = self.clean(_compaction(fields.get("tokensBefore"))), fields.get("summary")
            case "branch_summary":
                title, text = "summary of another branch", fields.get("summary")
            case "custom_message":
                blocks = list(self._blocks(words, "custom"))
                return Piece(
                    entry.id or "", "custom", self.clean(_str(fields.get("customType"))), entry.timestamp, blocks
                )
            case _:
                return Piece(entry.id or "", "note", self.clean(_note(entry, fields)), entry.timestamp, [])
        blocks = [self._block("markdown", text)]
        return Piece(entry.id or "", "summary", title, entry.timestamp, blocks, usage=Usage.of(fields.get("usage")))

    def _call(self, name: str, arguments: Any) -> Block:
        # A secret with quotes in it looks different within JSON, so the values are gone through before.
        call = spell(self._redactor.tree(arguments) if self._redactor else arguments)
        return Block("call", self.clean(call.text), self.clean(name), self.clean(call.brief), call.language)

    def clean(self, text: str) -> str:
        """Return ``text`` without secrets, if they are to be taken out."""
        return self._redactor(text) if self._redactor else text

    def _block(self, kind: Words, text: object, name: str = "") -> Block:
        return Block(kind, self.clean(_str(text)), self.clean(name))


_ROLES: Final[dict[str, Kind]] = {
    "user": "user",
    "assistant": "assistant",
    "toolResult": "tool",
    "bashExecution": "bash",
    "custom": "custom",
    "system": "system",
}


#: What the notes say that have something to say.
_NOTES: Final = {
    "model_change": "model: {provider}/{modelId}",
    "thinking_level_change": "thinking: {thinkingLevel}",
    "session_info": "named: {name}",
    "label": "label: {label}",
    "context_edit": "edited: {targetId}",
    "usage": "request outside the conversation: {kind}",
    "custom": "data of {customType}",
}


def _note(entry: Entry, fields: dict[str, Any]) -> str:
    form = _NOTES.get(entry.type, entry.type.replace("{", "{{").replace("}", "}}") or "unknown entry")
    return form.format_map(defaultdict(lambda: "(none)", {name: str(value) for name, value in fields.items()}))


def _compaction(tokens: object) -> str:
    return f"compaction of {tokens:,} tokens" if isinstance(tokens, int) else "compaction"


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""
