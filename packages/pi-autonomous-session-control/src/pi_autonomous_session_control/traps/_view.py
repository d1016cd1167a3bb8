"""A tool call as the matchers see it: the text it brings in, the paths it is about, the commands it runs."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.traps import _commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pi_autonomous_session_control.traps._records import ToolCall
    from pi_autonomous_session_control.traps._shell import Command

__all__ = ["View"]

#: Of more text only so many characters are looked at.
_MOST_TEXT: Final = 262_144
_MOST_PATHS: Final = 200
_DEEPEST: Final = 8
#: Ends of a path that don't tell its last name; an empty one is the root.
_UNTOLD: Final = frozenset({"", ".", "..", "~"})

_PATH_KEYS: Final = frozenset({"path", "file_path", "filePath", "file", "filename", "directory", "paths", "files"})
_OLD_KEYS: Final = frozenset({"oldText", "old_text", "old_string", "old_str"})
_NEW_KEYS: Final = ("newText", "new_text", "new_string", "new_str")


class View:
    """What is computed once for all traps, and only if one asks for it."""

    def __init__(self, call: ToolCall) -> None:
        self._call = call

    @cached_property
    def text(self) -> str:
        """All text that the call brings in: of a change, only what it adds."""
        parts = [*_texts(self._call.input, 0), *_added(self._call.diff)]
        return "\n".join(parts)[:_MOST_TEXT]

    @cached_property
    def folded(self) -> str:
        """The text without the difference between large and small letters."""
        return self.text.casefold()

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The commands in the argument ``command``."""
        command = self._call.input.get("command")
        return _commands.commands(command) if isinstance(command, str) else ()

    @cached_property
    def by_program(self) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
        """The words and the options of the commands by program, with and without its folder."""
        found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for command in self.commands:
            if command.words:
                said = (command.words, _commands.options(command.words))
                program = command.words[0]
                found.setdefault(program, []).append(said)
                if "/" in program:
                    found.setdefault(program.rpartition("/")[2], []).append(said)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """The last names of all paths."""
        ends = frozenset(path.rstrip("/").rpartition("/")[2] for path in self._said)
        if ends.isdisjoint(_UNTOLD) and not any(end[0] == "~" for end in ends):
            return ends  # what is cheap to tell, for the many calls that no trap for paths is about
        return frozenset(absolute[-1] for absolute, _ in self.paths)

    @cached_property
    def paths(self) -> list[tuple[list[str], list[str]]]:
        """The names in each path, from the root and from the working folder (none for a path outside of it)."""
        return [self._names(path) for path in self._said]

    @cached_property
    def _said(self) -> list[str]:
        found = [*_paths(self._call.input, 0), *_paths_of_diff(self._call.diff)]
        for command in self.commands:
            found += [*command.files, *(_value(word) for word in command.words[1:])]
        return [path for path in dict.fromkeys(found) if path][:_MOST_PATHS]

    def _names(self, path: str) -> tuple[list[str], list[str]]:
        cwd = self._call.cwd.rstrip("/")
        if path[0] == "~":
            path = os.path.expanduser(path)  # noqa: PTH111  # only text, nothing is looked up
        absolute = path if path[0] == "/" else f"{cwd}/{path}"
        if "/." in absolute or "//" in absolute or absolute.endswith("/"):
            absolute = os.path.normpath(absolute)
        inside = absolute.startswith(f"{cwd}/")
        return absolute.strip("/").split("/"), absolute[len(cwd) + 1 :].split("/") if inside else []


def _value(word: str) -> str:
    if not word.startswith("-"):
        return word
    return word.partition("=")[2]


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, dict):
        old = next((value[key] for key in _OLD_KEYS if isinstance(value.get(key), str)), None)
        for key, item in value.items():
            if key in _NEW_KEYS and old is not None and isinstance(item, str):
                yield _difference(old, item)
            elif key not in _OLD_KEYS:
                yield from _texts(item, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, depth + 1)


def _difference(old: str, new: str) -> str:
    if "\n" not in new:
        return new
    had = set(old.splitlines())
    return "\n".join(line for line in new.splitlines() if line not in had)


def _added(diff: str) -> Iterator[str]:
    for line in diff.splitlines():
        if line.startswith("+") and not line.startswith("+++ "):
            yield line[1:]


def _paths(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, item in value.items():
        if key in _PATH_KEYS and isinstance(item, str):
            yield item
        elif key in _PATH_KEYS and isinstance(item, list):
            yield from (path for path in item if isinstance(path, str))
        if depth < _DEEPEST:
            for inner in item if isinstance(item, list) else [item]:
                if isinstance(inner, dict):
                    yield from _paths(inner, depth + 1)


def _paths_of_diff(diff: str) -> Iterator[str]:
    for line in diff.splitlines():
        if line.startswith(("+++ ", "--- ")) and not line.endswith("/dev/null"):
            path = line[4:].partition("\t")[0]
            yield path[2:] if path.startswith(("a/", "b/")) else path
