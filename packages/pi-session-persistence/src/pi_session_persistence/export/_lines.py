"""A session as JSON lines: the same bytes, or the same entries without what is nobody else's business."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pi_host.sessionfile import lines
from pi_session_persistence.export._redact import DEEPEST

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
    value = _lean(value, images=images, signatures=redactor is None)
    if redactor is not None:
        value = redactor.tree(value)
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character, which JSON can hold as an escape only
        return json.dumps(value, separators=(",", ":")).encode()
    except RecursionError:  # only without a redactor, which would have left out what is nested so deeply
        return raw


def _lean(value: Any, *, images: bool, signatures: bool, deep: int = 0) -> Any:
    """Return a JSON value without the data of images, and without signatures, where they are not wanted."""
    if deep > DEEPEST:  # what is deeper, the redactor leaves out
        return value
    if isinstance(value, list):
        return [_lean(part, images=images, signatures=signatures, deep=deep + 1) for part in value]
    if not isinstance(value, dict):
        return value
    if not images and value.get("type") == "image" and isinstance(value.get("data"), str):
        size = len(value["data"]) * 3 // 4
        return {"type": "text", "text": f"(image, {value.get('mimeType')}, {size:,} bytes)"}
    return {
        key: _lean(part, images=images, signatures=signatures, deep=deep + 1)
        for key, part in value.items()
        if signatures or key not in _SIGNATURES
    }
