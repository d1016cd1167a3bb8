from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_host.commandline import safe, say_json

TURNS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}

_PROGRAM = """
from typing import Annotated
from pi_host.commandline import application, run, version

app = application("tool")

@app.callback()
def root(*, _version: Annotated[bool, version("tool", "pi-host")] = False) -> None:
    "A tool."

@app.command()
def fail(what: str) -> None:
    "Fail."
    if what == "expected":
        raise LookupError("no such \\x1b[31mthing; name another")
    if what == "file":
        open("/no/such/file")
    print("half of a pair: \\ud83d")

run(app, "tool", LookupError, remedy="choose another")
"""


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["fail", "expected"], 1, "", "tool: no such \\x1b[31mthing; name another\n"),
        (["fail", "file"], 1, "", "tool: '/no/such/file': No such file or directory; choose another\n"),
        (["fail", "not"], 0, "half of a pair: \\ud83d\n", ""),
    ],
    ids=["expected", "file", "none"],
)
def test_what_is_wrong_is_told_in_one_line(words: list[str], code: int, out: str, err: str) -> None:
    done = _run(*words)
    assert (done.returncode, done.stdout, done.stderr) == (code, out, err)


def test_a_program_tells_its_version_and_helps_with_both_options() -> None:
    assert _run("--version").stdout.startswith("tool 0.")
    assert _run("-h").stdout == _run("--help").stdout != ""


def test_wrong_usage_ends_with_2() -> None:
    assert _run("nonsense").returncode == 2


@given(st.text())
def test_safe_text_moves_no_cursor_and_loses_nothing_else(text: str) -> None:
    shown = safe(text)
    assert not [sign for sign in shown if unicodedata.category(sign) == "Cc" and sign not in "\t\n"]
    assert not [sign for sign in shown if unicodedata.bidirectional(sign) in TURNS]
    plain = "".join(sign for sign in text if sign.isprintable())
    assert safe(plain) == plain


@given(st.text(), st.characters(exclude_categories=()))
def test_json_moves_no_cursor_and_is_the_value(text: str, half: str) -> None:
    with redirect_stdout(io.StringIO()) as out:
        say_json({"text": text + half})
    shown = out.getvalue()
    assert json.loads(shown) == {"text": text + half}
    assert not [sign for sign in shown if unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n"]
    assert not [sign for sign in shown if unicodedata.bidirectional(sign) in TURNS]
