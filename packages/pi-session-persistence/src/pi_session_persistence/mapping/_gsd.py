"""The rule by which the GSD daemon names the session files in ``~/.gsd-cloud/pi-sessions``."""

from __future__ import annotations

import re
from typing import Final

from pi_session_persistence._errors import InvalidIdError
from pi_session_persistence.mapping._names import validated

__all__ = ["gsd_file_name", "gsd_key"]

#: What Go's `strings.TrimSpace` takes away; `str.strip` takes some more.
_GO_SPACE: Final = "".join(
    map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)

#: In bytes: file systems take 255, and the files beside a session file have longer names.
_LONGEST_NAME: Final = 220


def gsd_key(external_id: str) -> str:
    """Return what makes an id the same id there: the id without space around it.

    Raises:
        InvalidIdError: nothing is left of it.
    """
    key = validated(external_id).strip(_GO_SPACE)
    if not key:
        raise InvalidIdError(f"{external_id!r} is no external id; give the session one that is not blank")
    return key


def gsd_file_name(external_id: str) -> str:
    """Return the name of an id's session file: each character but ``A-Z a-z 0-9 _ -`` becomes one ``_``.

    Several ids may get one name; the registry sees to it that only one of them has it.

    Raises:
        InvalidIdError: it is no id, or its name would be too long for a file system.
    """
    name = f"{re.sub(r'[^A-Za-z0-9_-]', '_', gsd_key(external_id))}.jsonl"
    if len(name) > _LONGEST_NAME:
        raise InvalidIdError(
            f"{external_id[:40]!r}... gives a file name of {len(name)} bytes, and {_LONGEST_NAME} are the most; "
            "shorten the id, or leave out the compatibility"
        )
    return name
