"""Shell text taken apart into commands.

Not a shell: variables, aliases and functions keep their names. But quotes, escapes, separators, substitutions,
redirections, comments and here-documents are understood.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Command", "parse"]

#: Nothing plain is looked at letter by letter.
_PLAIN: Final = re.compile(r"[^\s;&|()<>'\"\\`$#]+")
#: A word with nothing special in it, and the end of it: most words.
_WHOLE: Final = re.compile(r"([^\s;&|()<>'\"\\`$#]+) +")
_REDIRECTION: Final = re.compile(r"<<<|<<-|<<|[<>&]*[<>][>&|]*")
#: Within double quotes a backslash takes the meaning of these only.
_ESCAPABLE: Final = frozenset('$`"\\')


class Command(NamedTuple):
    """One simple command.

    Attributes:
        words: program and arguments, without quotes.
        files: what it is redirected from or to.
        stdin: the here-document it gets.
    """

    words: tuple[str, ...]
    files: tuple[str, ...] = ()
    stdin: str = ""


def parse(text: str) -> tuple[list[Command], list[str]]:
    """Return the commands in ``text``, and the texts of the substitutions in it.

    Text that no shell would accept is read as far as it makes sense.
    """
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.commands: list[Command] = []
        self.inner: list[str] = []
        self.words: list[str] = []
        self.files: list[str] = []
        self.word: list[str] | None = None
        self.target = ""  # the redirection that the next word belongs to
        self.marks: list[tuple[int, str]] = []  # of here-documents: index of the command, last line

    def parse(self) -> tuple[list[Command], list[str]]:
        while self.at < len(self.text):
            if self.word is None and not self.target and (whole := _WHOLE.match(self.text, self.at)) is not None:
                self.words.append(whole[1])
                self.at = whole.end()
            elif (plain := _PLAIN.match(self.text, self.at)) is not None:
                self.add(plain[0])
                self.at = plain.end()
            elif self.text[self.at] == " ":
                self.end_word()
                self.at += 1
            else:
                self.step(self.text[self.at])
        self.end_command()
        return self.commands, self.inner

    def step(self, char: str) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if char == "\\":
            self.add("" if following == "\n" else following)
            self.at += 2
        elif char in "'\"`":
            self.quoted(char)
        elif char == "$" or (char in "<>" and following == "("):
            self.dollar(following)
        elif char in "<>" or (char == "&" and following == ">"):
            self.redirection()
        elif char == "#" and self.word is None:
            self.at = self.find("\n", self.at)
        else:
            self.separator(char)

    def add(self, part: str) -> None:
        self.word = self.word or []
        self.word.append(part)

    def find(self, what: str, start: int) -> int:
        found = self.text.find(what, start)
        return len(self.text) if found < 0 else found

    def quoted(self, quote: str) -> None:
        if quote == "'":
            end = self.find("'", self.at + 1)
            self.add(self.text[self.at + 1 : end])
            self.at = end + 1
        elif quote == "`":
            self.backquoted()
        else:
            self.double_quoted()

    def backquoted(self) -> None:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        inside = self.text[self.at + 1 : end]
        self.inner.append(re.sub(r"\\([`\\$])", r"\1", inside))
        self.add(f"`{inside}`")
        self.at = end + 1

    def double_quoted(self) -> None:
        self.add("")
        self.at += 1
        while self.at < len(self.text) and (char := self.text[self.at]) != '"':
            following = self.text[self.at + 1 : self.at + 2]
            if char == "\\":
                self.add(following if following in _ESCAPABLE else "" if following == "\n" else f"\\{following}")
                self.at += 2
            elif char == "`":
                self.backquoted()
            elif char == "$" and following == "(":
                self.dollar(following)
            else:
                self.add(char)
                self.at += 1
        self.at += 1

    def dollar(self, following: str) -> None:
        if following == "(":
            end = self.closing(self.at + 1)
            self.inner.append(self.text[self.at + 2 : end])
            self.add(self.text[self.at : end + 1])
            self.at = end + 1
        elif following == "'":
            end = self.at + 2
            while end < len(self.text) and self.text[end] != "'":
                end += 2 if self.text[end] == "\\" else 1
            self.add(re.sub(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", _unescaped, self.text[self.at + 2 : end]))
            self.at = end + 1
        else:
            self.add("$")
            self.at += 1

    def closing(self, start: int) -> int:
        """Return where the parenthesis that opens at ``start`` closes."""
        depth, at, quote = 0, start, ""
        while at < len(self.text):
            char = self.text[at]
            if char == "\\" and quote != "'":
                at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "()":
                depth += 1 if char == "(" else -1
                if depth == 0:
                    return at
            at += 1
        return len(self.text)

    def redirection(self) -> None:
        if self.word is not None and "".join(self.word).isdigit():
            self.word = None  # the number of a file descriptor
        self.end_word()
        match = _REDIRECTION.match(self.text, self.at)
        self.target = match[0] if match is not None else self.text[self.at]
        self.at += len(self.target)

    def separator(self, char: str) -> None:
        if char in "\t\r\f\v":
            self.end_word()
        elif char == "#":
            self.add(char)
        elif not char.isspace() or char == "\n":
            self.end_command()
        else:
            self.add(char)
        self.at += 1
        if char == "\n" and self.marks:
            self.here_documents()

    def end_word(self) -> None:
        if self.word is None:
            return
        word, target = "".join(self.word), self.target
        self.word, self.target = None, ""
        if target in {"<<", "<<-"}:
            self.marks.append((len(self.commands), word))
        elif target == "<<<":
            self.files.append("")
        elif target:
            self.files.append(word)
        else:
            self.words.append(word)

    def end_command(self) -> None:
        self.end_word()
        waiting = any(index == len(self.commands) for index, _ in self.marks)
        if self.words or self.files or waiting:
            self.commands.append(Command(tuple(self.words), tuple(filter(None, self.files))))
        self.words, self.files, self.target = [], [], ""

    def here_documents(self) -> None:
        for index, mark in self.marks:
            lines: list[str] = []
            while self.at < len(self.text):
                end = self.find("\n", self.at)
                line = self.text[self.at : end]
                self.at = end + 1
                if line.lstrip("\t") == mark:
                    break
                lines.append(line)
            self.commands[index] = self.commands[index]._replace(stdin="\n".join(lines))
        self.marks = []


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8))
    return {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b"}.get(code, code)
