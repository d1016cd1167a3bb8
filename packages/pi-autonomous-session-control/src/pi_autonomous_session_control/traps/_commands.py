"""Which commands a shell text runs, through the commands that run other commands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.traps._shell import Command, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MAX_TEXT", "Prefix", "begins_with", "commands", "options", "prefix_of"]

#: Of a longer text only so many characters are taken apart.
MAX_TEXT: Final = 65_536
_DEEPEST: Final = 5
_MOST: Final = 500

_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*\+?=")
_KEYWORDS: Final = frozenset({"if", "then", "elif", "else", "while", "until", "do", "!", "{", "coproc"})
_SHELLS: Final = frozenset({"sh", "bash", "zsh", "dash", "ksh", "fish", "ash"})
#: Commands that run the rest of their line, with the options that take a value and the number of arguments before it.
_RUNNERS: Final[dict[str, tuple[str, int]]] = {
    "sudo": ("-u -g -h -p -C -T -R -D -U -r -t --user --group --chdir", 0),
    "doas": ("-u -C", 0),
    "env": ("-u -C --unset --chdir", 0),
    "nohup": ("", 0),
    "setsid": ("", 0),
    "nice": ("-n --adjustment", 0),
    "ionice": ("-c -n -p", 0),
    "stdbuf": ("-i -o -e", 0),
    "timeout": ("-s -k --signal --kill-after", 1),
    "time": ("-f -o", 0),
    "exec": ("-a", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "busybox": ("", 0),
    "chroot": ("", 1),
    "xargs": ("-I -n -P -L -d -a -s -E", 0),
    "watch": ("-n -d", 0),
    "parallel": ("-j -a", 0),
    "flock": ("-w", 1),
    "uv": ("", -1),
    "npx": ("-p", 0),
}


class Prefix(NamedTuple):
    """The beginning of a command.

    Attributes:
        program: its first word.
        options: words with a dash.
        others: the other words, in order.
    """

    program: str
    options: tuple[str, ...]
    others: tuple[str, ...]


@lru_cache(maxsize=1024)
def prefix_of(text: str) -> Prefix | None:
    """Return the beginning that ``text`` says, ``None`` if it says none; quotes in it are understood."""
    found, _ = parse(text)
    if not found or not found[0].words:
        return None
    program, *words = found[0].words
    options = tuple(word for word in words if _is_option(word))
    return Prefix(program, options, tuple(word for word in words if not _is_option(word)))


@lru_cache(maxsize=16)  # every trap asks for the same call
def commands(text: str) -> tuple[Command, ...]:
    """Return every command that ``text`` runs, as far as that can be seen."""
    found: list[Command] = []
    for command in _commands(text[:MAX_TEXT], 0):
        found.append(command)
        if len(found) >= _MOST:
            break
    return tuple(found)


def _commands(text: str, depth: int) -> Iterator[Command]:
    if depth > _DEEPEST:
        return
    outer, inner = parse(text)
    for command in outer:
        yield from _run(command, depth)
    for part in inner:
        yield from _commands(part, depth + 1)


def _run(command: Command, depth: int) -> Iterator[Command]:
    words = list(command.words)
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        words.pop(0)
    yield command._replace(words=tuple(words))
    if not words or depth > _DEEPEST:
        return
    program, arguments = words[0].rpartition("/")[2], words[1:]
    if program in _RUNNERS:
        rest = _rest(arguments, *_RUNNERS[program])
        yield from _run(Command(tuple(rest), stdin=command.stdin), depth + 1) if rest else ()
    for text in _texts(program, arguments, command.stdin):
        yield from _commands(text, depth + 1)
    if program == "find":
        for index, word in enumerate(arguments):
            if word in {"-exec", "-execdir", "-ok", "-okdir"}:
                yield from _run(Command(tuple(arguments[index + 1 :])), depth + 1)


def _texts(program: str, arguments: list[str], stdin: str) -> Iterator[str]:
    """Yield the arguments that are shell text themselves."""
    if program == "eval":
        yield " ".join(arguments)
    elif program in _SHELLS:
        for index, word in enumerate(arguments):
            if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
                yield from arguments[index + 1 : index + 2]
                break
        yield stdin
    elif program == "ssh" and len(arguments) > 1:
        # Where the host ends can't be told without knowing all options: every later beginning is tried.
        yield from (" ".join(arguments[index:]) for index in range(1, min(len(arguments), 6)))
    elif program == "env":
        yield from (arguments[i + 1] for i, word in enumerate(arguments[:-1]) if word in {"-S", "--split-string"})


def _rest(arguments: list[str], with_value: str, skipped: int) -> list[str]:
    if skipped < 0:  # uv run ...
        return arguments[arguments.index("run") + 1 :] if "run" in arguments else []
    values = with_value.split()
    at = 0
    while at < len(arguments):
        word = arguments[at]
        if word == "--":
            at += 1
            break
        if not (word.startswith("-") and len(word) > 1) and not _ASSIGNMENT.match(word):
            break
        at += 2 if word in values else 1
    return arguments[at + skipped :]


def begins_with(words: tuple[str, ...], given: Sequence[str], prefix: Prefix) -> bool:
    """Tell whether a command with the options ``given`` begins with ``prefix``; the program is known to be the same.

    Options of the prefix may stand anywhere in the command and in any order, short ones also joined: ``rm -rf`` begins
    ``/bin/rm -v -f -r x``. Its other words must follow each other as they do in the prefix, with nothing but options
    between them.
    """
    for option in prefix.options:
        if not given or not _has(given, option):
            return False
    return _follow(words, prefix.others)


def options(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options of a command."""
    ended = words.index("--") if "--" in words else len(words)
    return tuple(word for word in words[1:ended] if word.startswith("-"))


def _is_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1


def _has(options: Sequence[str], wanted: str) -> bool:
    if wanted in options:
        return True
    if wanted.startswith("--"):
        value = f"{wanted}="
        return any(option.startswith(value) for option in options)
    short = {letter for option in options if not option.startswith("--") for letter in option[1:]}
    return wanted[1:].isalpha() and set(wanted[1:]) <= short


def _follow(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    position = 0
    may_be_value = False
    for word in words[1:]:
        if position == len(wanted):
            break
        if word == wanted[position]:
            position += 1
            may_be_value = False
        elif _is_option(word):
            may_be_value = "=" not in word
        elif may_be_value:  # of the option before it
            may_be_value = False
        else:
            return False
    return position == len(wanted)
