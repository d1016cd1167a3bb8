"""The messages of a conversation as pi puts them before a model.

Left out is what depends on the model that will answer: other models' thinking, images for a model without eyes, the
shape of tool call ids, and where a provider wants its system messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["for_model"]

# The texts are pi's wire format: a model gets them in exactly these words.
_COMPACTED: Final = (
    "The conversation history before this point was compacted into the following summary:\n\n<summary>\n",
    "\n</summary>",
)
_BRANCHED: Final = (
    "The following is a summary of a branch that this conversation came back from:\n\n<summary>\n",
    "</summary>",
)
_NO_RESULT: Final = "No result provided"

_FAILED = ("error", "aborted")


def for_model(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``messages`` with the roles ``system``, ``user``, ``assistant`` and ``toolResult`` only.

    Summaries, shell commands and messages of extensions become the user's, roles that pi doesn't know and answers that
    failed or were aborted drop out, and each tool call has a result.
    """
    answered = _Answered()
    for message in messages:
        known = _as_known_role(message)
        if known is not None:
            content = known.get("content")
            answered.add({**known, "content": []} if content is None else known)
    return answered.finish()


def _as_known_role(message: dict[str, Any]) -> dict[str, Any] | None:
    match message.get("role"):
        case "system" | "user" | "assistant" | "toolResult":
            return message
        case "bashExecution":
            return None if message.get("excludeFromContext") else _said(_bash_text(message))
        case "custom":
            content = message.get("content")
            return _said(content) if isinstance(content, str) else {"role": "user", "content": content}
        case "branchSummary":
            return _said(_wrapped(_BRANCHED, message))
        case "compactionSummary":
            return _said(_wrapped(_COMPACTED, message))
    return None


def _said(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text}]}


def _wrapped(around: tuple[str, str], message: dict[str, Any]) -> str:
    return around[0] + _shown(message, "summary") + around[1]


def _bash_text(message: dict[str, Any]) -> str:
    output, code = message.get("output"), message.get("exitCode")
    text = f"Ran `{_shown(message, 'command')}`\n"
    text += f"```\n{_shown(message, 'output')}\n```" if output else "(no output)"
    if message.get("cancelled"):
        text += "\n\n(command cancelled)"
    elif code is not None and code != 0:
        text += f"\n\nCommand exited with code {_shown(message, 'exitCode')}"
    if message.get("truncated") and message.get("fullOutputPath"):
        text += f"\n\n[Output truncated. Full output: {_shown(message, 'fullOutputPath')}]"
    return text


def _shown(message: dict[str, Any], key: str) -> str:
    """Return the value as a JavaScript template literal shows it; objects don't occur."""
    value = message.get(key, "undefined")
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Answered:
    """Messages in which each tool call has its result before the next turn."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._calls: list[dict[str, Any]] = []
        self._results: set[object] = set()
        self._held: list[dict[str, Any]] = []

    def add(self, message: dict[str, Any]) -> None:
        match message["role"]:
            case "assistant":
                self._close()
                if message.get("stopReason") in _FAILED:
                    return
                content = message["content"] if isinstance(message["content"], list) else []
                self._calls = [b for b in content if isinstance(b, dict) and b.get("type") == "toolCall"]
            case "toolResult":
                self._results.add(message.get("toolCallId"))
            case "system" if self._calls:
                # Comes after the results, so that it can't part them from their calls.
                self._held.append(message)
                return
            case "user":
                self._close()
        self._messages.append(message)

    def finish(self) -> list[dict[str, Any]]:
        self._close()
        return self._messages

    def _close(self) -> None:
        for call in self._calls:
            if call.get("id") not in self._results:
                self._messages.append(
                    {
                        "role": "toolResult",
                        "toolCallId": call.get("id"),
                        "toolName": call.get("name"),
                        "content": [{"type": "text", "text": _NO_RESULT}],
                        "isError": True,
                    }
                )
        self._messages += self._held
        self._calls, self._results, self._held = [], set(), []
