"""Calls of tools as a reader sees them: in a line, and in full."""

from __future__ import annotations

import difflib
import json
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

__all__ = ["Call", "spell"]

#: Longer texts are compared line by line only: finding what moved takes time that grows with the square.
_MOST_LINES: Final = 2000


class Call(NamedTuple):
    """A call of a tool.

    Attributes:
        brief: what it is about, for one line.
        text: all of it.
        language: what ``text`` is written in, such as ``bash`` or ``py``; empty if it isn't known.
    """

    brief: str
    text: str
    language: str


def spell(arguments: object) -> Call:
    """Return a call as a reader sees it, from what its arguments are called: tools of all makers call them alike."""
    match arguments:
        case {"command": str(command), **others}:
            more = [f"# {name}: {_json(value)}" for name, value in others.items()]
            call = Call(command, "\n".join([command, *more]), "bash")
        case {"path": str(path), "content": str(content)}:
            call = Call(path, content, _ending(path))
        case {"path": str(path), "oldText": str(old), "newText": str(new)}:
            call = Call(path, _diff(old, new), "diff")
        case {"path": str(path), "edits": [*edits]} if edits and all(map(_is_edit, edits)):
            call = Call(path, "\n".join(_diff(edit["oldText"], edit["newText"]) for edit in edits), "diff")
        case {"pattern": str(pattern), "path": str(path)}:
            call = Call(f"{pattern} in {path}", _json(arguments, indent=2), "json")
        case {"path": str(brief)} | {"pattern": str(brief)} | {"query": str(brief)} | {"url": str(brief)}:
            call = Call(brief, _json(arguments, indent=2), "json")
        case _:
            call = Call(_json(arguments), _json(arguments, indent=2), "json")
    return call


def _ending(path: str) -> str:
    ending = PurePosixPath(path).suffix[1:]
    return ending if ending.isascii() and ending.isalnum() else ""


def _is_edit(edit: Any) -> bool:
    return isinstance(edit, dict) and isinstance(edit.get("oldText"), str) and isinstance(edit.get("newText"), str)


def _diff(old: str, new: str) -> str:
    one, other = old.splitlines(), new.splitlines()
    if len(one) + len(other) > _MOST_LINES:
        return "\n".join([*(f"-{line}" for line in one), *(f"+{line}" for line in other)])
    # Without the names of files, which the first two lines would tell, and without places: a call has none.
    lines = list(difflib.unified_diff(one, other, lineterm="", n=len(one)))[3:]
    return "\n".join(lines)


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False)
