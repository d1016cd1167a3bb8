"""Training queries from ``drill.toml``."""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["queries"]

#: How many queries one line gives.
_EACH: Final = 14
#: The same for what is no request to this tool: there is much more of it.
_EACH_FOREIGN: Final = 40
_MACRO: Final = re.compile(r"<([A-Z_]+)>")
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
#: More ways than this are not looked at.
_MOST: Final = 20_000


def queries(path: Path) -> list[tuple[str, str, str]]:
    """Return kind, language and text of the queries that the phrase book at ``path`` gives."""
    book = tomllib.loads(path.read_text(encoding="utf-8"))
    macros = book.pop("macros")
    return [
        (kind, language, text)
        for kind, languages in book.items()
        for language, lines in languages.items()
        for line in lines.strip().splitlines()
        for text in _ways(line, macros, _EACH_FOREIGN if kind == "unknown" else _EACH)
    ]


def _ways(line: str, macros: dict[str, str], most: int) -> list[str]:
    while _MACRO.search(line):
        line = _MACRO.sub(lambda found: macros[found[1]], line)
    while (inner := re.search(r"\(([^()]*)\([^()]*\)", line)) is not None:
        line = _flat(line, inner.start())
    pieces = _CHOICE.split(line)
    choices = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    total = 1
    for options in choices:
        total *= len(options)
    picks = range(total) if total <= most else _spread(line, total, most)
    return list(dict.fromkeys(_tidy(_pick(choices, pick)) for pick in picks))


def _flat(line: str, start: int) -> str:
    """Resolve the choice within a choice that begins at ``start`` into its alternatives."""
    depth, stop = 0, start
    for stop in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[stop], 0)
        if not depth:
            break
    outer = line[start + 1 : stop]
    parts, depth, last = [], 0, 0
    for at, char in enumerate(outer + "|"):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and not depth:
            parts.append(outer[last:at])
            last = at + 1
    flat = []
    for part in parts:
        pieces = _CHOICE.split(part)
        options = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
        flat += ["".join(way) for way in itertools.islice(itertools.product(*options), _MOST)]
    return f"{line[:start]}({'|'.join(flat)}){line[stop + 1 :]}"


def _spread(line: str, total: int, most: int) -> list[int]:
    return [int.from_bytes(hashlib.sha256(f"{line}{number}".encode()).digest()[:8]) % total for number in range(most)]


def _pick(choices: list[list[str]], pick: int) -> str:
    chosen = []
    for options in choices:
        pick, at = divmod(pick, len(options))
        chosen.append(options[at])
    return "".join(chosen)


def _tidy(text: str) -> str:
    return re.sub(r"(?<=\S) +", " ", text.replace("\\n", "\n")).strip()
