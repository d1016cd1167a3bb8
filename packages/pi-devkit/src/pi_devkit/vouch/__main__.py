"""For the workflows: ``python -m pi_devkit.vouch check`` and ``... apply``; what people wrote comes in variables."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from pi_devkit.vouch._file import TrustList, VouchError
from pi_devkit.vouch._orders import order

__all__ = ["main"]

#: People who may always contribute: the forge itself says how they stand to the repository.
_INSIDE: Final = ("OWNER", "MEMBER", "COLLABORATOR")


def main(words: list[str]) -> int:
    """Run a verb.

    ``check`` looks up ``VOUCH_AUTHOR``, whom the forge calls ``VOUCH_ASSOCIATION``, and ends with 0 for somebody who
    may contribute, 3 for somebody unknown and 4 for somebody denounced. ``apply`` does what ``VOUCH_COMMENT`` orders
    and ends with 0, or with 3 if it orders nothing. Both end with 1 when something is not right.

    Args:
        words: the command line without the program.
    """
    parser = argparse.ArgumentParser(prog="python -m pi_devkit.vouch")
    parser.add_argument("verb", choices=["check", "apply"])
    parser.add_argument("file", type=Path, help="the trust list")
    given = parser.parse_args(words)
    try:
        trusted = TrustList.parse(given.file.read_text("utf-8"))
        return _check(trusted) if given.verb == "check" else _apply(trusted, given.file)
    except (OSError, VouchError) as error:
        sys.stderr.write(f"{given.file.name}: {error}\n")
        return 1


def _check(trusted: TrustList) -> int:
    author = os.environ["VOUCH_AUTHOR"]
    if os.environ.get("VOUCH_ASSOCIATION") in _INSIDE or author.endswith("[bot]"):
        return 0
    standing = trusted.standing(author)
    sys.stdout.write(f"{standing}\n")
    return {"vouched": 0, "unknown": 3, "denounced": 4}[standing]


def _apply(trusted: TrustList, file: Path) -> int:
    ordered = order(os.environ["VOUCH_COMMENT"])
    if ordered is None:
        return 3
    ordered.apply(trusted)
    file.write_text(trusted.text(), "utf-8")
    sys.stdout.write(f"{ordered.verb} {ordered.handle}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
