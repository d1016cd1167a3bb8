"""Events made from what pi says about tools."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.memory import mask
from pi_autonomous_session_control.mirror._events import MAX_WHAT, Call, Result
from pi_autonomous_session_control.mirror._normal import digest, outcome_digest
from pi_autonomous_session_control.mirror._runners import tests_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["call_of", "lines_of", "named_file", "result_of", "safe", "storable"]

_WRITERS: Final = frozenset({"write", "edit"})
_MESSAGE: Final = 200
_EXIT: Final = re.compile(r"\n*Command exited with code \d+\s*$")


def safe(text: str, width: int = MAX_WHAT) -> str:
    """Return the beginning of ``text`` without secrets."""
    # Secrets are looked for before the text is cut, so that half of one is none that nobody recognises.
    return storable(mask(text[: 4 * width]).text[:width])


def storable(text: str) -> str:
    """Return ``text`` with a question mark for each half of a character, which UTF-8 can't hold."""
    return text.encode(errors="replace").decode()


def call_of(at: int, entry: str | None, call: str, tool: str, given: Mapping[str, Any]) -> Call:
    """Return the event of a tool call with the arguments ``given``."""
    # Not msgspec: pi hands on halves of characters, which it refuses.
    encoded = json.dumps(given, default=repr, sort_keys=True).encode()
    return Call(at=at, entry=entry, call=call, tool=tool, what=safe(_what(given, encoded)), digest=digest(encoded))


def result_of(called: Call, at: int, content: Any, *, failed: bool) -> Result:
    """Return the event of a tool's result; ``called`` says what it was called for."""
    text = _text(content)
    tests = tests_of(called.what, text) if called.tool == "bash" else None
    message = safe(_error(text), _MESSAGE) if failed else ""
    return Result(
        at=at,
        entry=called.entry,
        call=called.call,
        tool=called.tool,
        what=called.what,
        failed=failed,
        digest=outcome_digest(text, failed=failed),
        message=message,
        tests=tests,
        ms=max(at - called.at, 0),
    )


def named_file(tool: str, given: Mapping[str, Any]) -> str | None:
    """Return the path that a tool says it writes."""
    path = given.get("path", given.get("file_path")) if tool in _WRITERS else None
    return path if isinstance(path, str) and path else None


def lines_of(tool: str, given: Mapping[str, Any]) -> int:
    """Return by how many lines a file grows by ``write`` or ``edit``."""
    if tool == "write":
        return _lines(given.get("content"))
    edits = given.get("edits")
    pairs = edits if isinstance(edits, list) else [given]
    return sum(_lines(pair.get("newText")) - _lines(pair.get("oldText")) for pair in pairs if isinstance(pair, dict))


def _lines(text: object) -> int:
    return len(text.splitlines()) if isinstance(text, str) else 0


def _what(given: Mapping[str, Any], encoded: bytes) -> str:
    for name in ("command", "path", "file_path", "pattern", "objective", "query", "url"):
        value = given.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return encoded.decode()


def _text(content: Any) -> str:
    blocks = content if isinstance(content, list) else []
    texts = [block.get("text") for block in blocks if isinstance(block, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def _error(text: str) -> str:
    """Return what a failing command said at last: what comes first is often its normal output."""
    said = _EXIT.sub("", text).strip()
    ending = text.strip()[-_MESSAGE:].rpartition("\n")[2]
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"(?i)error|exception|fail|not found|denied|cannot|can't", line)]
    return "\n".join((errors or lines)[-3:]) or ending or "(no output)"
