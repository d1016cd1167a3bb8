"""A session as JSON lines: the same bytes, or the same entries without what is nobody else's business."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pi_host.sessionfile import lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_session_persistence.export._redact import Redactor

__all__ = ["draw_lines"]

#: Opaque data for the provider, in which nobody can find a secret.
_SIGNATURES: Final = frozenset({"thinkingSignature", "thoughtSignature", "textSignature"})


def draw_lines(file: Path, *, redactor: Redactor | None, images: bool, only: frozenset[int] | None) -> Iterator[bytes]:
    """Yield the lines of a session file.

    Args:
        file: the session file.
        redactor: takes secrets out, and with them the signatures of providers; ``None`` leaves everything.
        images: whether images are kept.
        only: numbers of the lines that are wanted, starting at 1; ``None`` for all of them.

    Raises:
        OSError: the file can't be read.
    """
    for line in lines(file):
        if only is not None and line.number not in only:
            continue
        raw = line.raw if redactor is None and images else _changed(line.raw, redactor, images=images)
        yield raw + b"\n" * line.ended


def _changed(raw: bytes, redactor: Redactor | None, *, images: bool) -> bytes:
    text = raw.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return (redactor(text) if redactor else text).encode("utf-8", "replace")
    if not images:
        value = _without_images(value)
    if redactor is not None:
        value = redactor.tree(_without_signatures(value))
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character, which JSON can hold as an escape only
        return json.dumps(value, separators=(",", ":")).encode()


def _without_images(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_images(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "image" and isinstance(value.get("data"), str):
        size = len(value["data"]) * 3 // 4
        return {"type": "text", "text": f"(image, {value.get('mimeType')}, {size:,} bytes)"}
    return {key: _without_images(part) for key, part in value.items()}


def _without_signatures(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_signatures(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_signatures(part) for key, part in value.items() if key not in _SIGNATURES}
    return value
