from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_host.commandline import application, run, safe, save, say_json
from pi_host.sessionfile import create

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


def test_what_is_saved_is_for_its_owner_and_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("old")
    target.chmod(0o644)
    save(target, [b"new ", b"page"])
    assert target.read_bytes() == b"new page"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_session_is_never_replaced(tmp_path: Path) -> None:
    session = tmp_path / "session.jsonl"
    create(session, cwd="/x", session_id="s")
    before = session.read_bytes()
    with pytest.raises(FileExistsError, match="it is a session, and is not replaced"):
        save(session, [b"<html>"])
    assert session.read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        save(tmp_path / "nodir" / "x.html", [b""])
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_to_as_it_is() -> None:
    save(Path("/dev/null"), [b"page"])
    assert Path("/dev/null").is_char_device()


def test_a_full_standard_output_is_called_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = application("x")

    @app.command()
    def show() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.argv", ["x"])
    with pytest.raises(SystemExit):
        run(app, "x")
    assert capsys.readouterr().err == "x: standard output: No space left on device; make room for it\n"
