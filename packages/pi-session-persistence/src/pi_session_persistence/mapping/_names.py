"""What counts as an external id, and the file name that belongs to it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pi_session_persistence._errors import InvalidIdError

__all__ = ["canonical", "file_name", "validated"]

#: An id travels in an environment variable, which Linux limits to 128 KiB.
_MOST_BYTES: Final = 65_536

#: Readable part of a file name, in characters.
_SLUG: Final = 48

#: Of the SHA-256; 160 bits are beyond anybody's reach, and are 32 characters of base32 without padding.
_DIGEST_BYTES: Final = 20


def validated(external_id: str) -> str:
    """Return ``external_id`` if it is one.

    Raises:
        InvalidIdError: it is blank, longer than 65,536 bytes of UTF-8, or has a NUL or a lone surrogate in it.
    """
    shown = repr(external_id if len(external_id) <= _SLUG else f"{external_id[:_SLUG]}...")
    if not external_id.strip():
        raise InvalidIdError(f"{shown} is no external id; give the session one that is not blank")
    if "\0" in external_id:
        raise InvalidIdError(f"{shown} has a NUL in it, which no environment variable can hold; leave it out")
    try:
        size = len(external_id.encode())
    except UnicodeEncodeError as error:
        raise InvalidIdError(f"{shown} has half a character at {error.start}; decode the id properly") from error
    if size > _MOST_BYTES:
        raise InvalidIdError(f"{shown} has {size} bytes, and {_MOST_BYTES} are the most; use a digest of it")
    return external_id


def canonical(external_id: str) -> str:
    """Return what makes an id the same id: its normalisation form C.

    Ids that differ only in Unicode normalisation are the same text to every reader, and one id. All others, differing
    in case, in look-alike letters or in spaces around them, are different ids.

    Raises:
        InvalidIdError: it is no external id.
    """
    return unicodedata.normalize("NFC", validated(external_id))


def file_name(external_id: str) -> str:
    """Return the name of the session file of an id: a readable part and a digest, 87 characters at most.

    It has only ``a-z``, ``0-9``, ``-`` and one ``.``, so that no file system folds, forbids or reserves it.

    Raises:
        InvalidIdError: it is no external id.
    """
    import base64  # noqa: PLC0415  # inside pi, a session that has its id already needs neither
    import hashlib  # noqa: PLC0415

    key = canonical(external_id)
    digest = base64.b32encode(hashlib.sha256(key.encode()).digest()[:_DIGEST_BYTES]).decode().lower()
    return f"{_slug(key)}-{digest}.jsonl"


def _slug(key: str) -> str:
    # Only a help for people: the digest tells ids apart. A long id is cut first, for it may be very long.
    plain = unicodedata.normalize("NFKD", key[: _SLUG * 4]).lower()
    without_accents = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", without_accents).strip("-")[:_SLUG].rstrip("-") or "session"
