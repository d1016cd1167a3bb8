"""Texts without what differs between two runs of the same thing."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["command_key", "digest", "error_signature", "outcome_digest"]

_UUID: Final = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_TIME: Final = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b")
_FOLDERS: Final = re.compile(r"(?<![\w.~/])/(?:[^\s/'\"]+/)+(?=[^\s/'\"]|$)")
_DIGITS: Final = re.compile(r"\d{2,}")
_NUMBER: Final = re.compile(r"\d+")
_QUOTED: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_SPAN: Final = re.compile(r"\b\d+(?:\.\d+)?\s?(?:ms|msec|µs|us|ns|s|sec|secs|seconds?|minutes?|m)\b")
_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
_TEMPORARY: Final = re.compile(r"/tmp/\S+")  # noqa: S108  # a pattern for other programs' output
_ESCAPE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")

_COMMAND_WIDTH: Final = 100
_SIGNATURE_WIDTH: Final = 80
#: Of a long output the ends are enough: what is said last counts.
_MOST: Final = 16_384


def command_key(command: str) -> str:
    """Return the command as it is counted: without numbers, times and folders, 100 characters at most."""
    text = command[:2000]
    # What holds digits of its own comes first.
    text = _UUID.sub("UUID", text)
    text = _TIME.sub("TS", text)
    text = _FOLDERS.sub("PATH/", text)
    text = _DIGITS.sub("N", text)
    return " ".join(text.split())[:_COMMAND_WIDTH]


def error_signature(message: str) -> str:
    """Return what errors of one kind have in common: no numbers, nothing that is quoted, 80 characters at most."""
    text = _QUOTED.sub('""', message[:2000])
    return " ".join(_NUMBER.sub("N", text[: 4 * _SIGNATURE_WIDTH]).split())[:_SIGNATURE_WIDTH]


def outcome_digest(text: str, *, failed: bool) -> str:
    """Return a digest that is the same for the same outcome, however long it took and whenever it was."""
    if len(text) > _MOST:
        text = text[: _MOST // 2] + text[-_MOST // 2 :]
    text = _ESCAPE.sub("", text)
    for pattern in (_UUID, _TIME, _CLOCK, _SPAN, _ADDRESS, _TEMPORARY):
        text = pattern.sub("~", text)
    return digest(f"{int(failed)}{' '.join(text.split())}".encode(errors="replace"))


def digest(data: bytes) -> str:
    """Return a short digest of ``data``."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()
