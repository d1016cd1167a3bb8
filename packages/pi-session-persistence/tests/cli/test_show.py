from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from reading_support import call, called

if TYPE_CHECKING:
    from pathlib import Path

#: What moves a cursor, hides, or turns the writing around.
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_what_was_said_is_shown_and_tools_are_folded(file: Path) -> None:
    out = call("show", file).out
    assert out.splitlines()[0] == "Work"
    assert "session s-1 · file " in out
    assert "you  e1  2026-03-01 10:01\nwhy does it fail?\n(image, image/png, 6 bytes)\n" in out
    assert "  thinking  let me think\nA guess.\n  bash  pytest -x\n  bash failed (2 lines)  1 failed here\n" in out
    assert "pi  e4  scripted/scripted-1  2026-03-01 10:04  [good point]\nLine endings.\n" in out
    assert "summary  e8  compaction of 9,000 tokens  2026-03-01 10:08\n# All fine.\n" in out
    assert "other way" not in out


def test_in_full_nothing_is_folded(file: Path) -> None:
    out = call("show", file, "--full").out
    assert "  thinking\n    let me think\n" in out
    assert "  bash failed (2 lines)\n    1 failed\n    here\n" in out


@pytest.mark.parametrize("entry", ["e7", "other"])
def test_another_branch_is_shown_by_the_id_or_the_label_of_its_end(file: Path, entry: str) -> None:
    with file.open("a") as end:
        end.write('{"type":"label","id":"x","parentId":"e10","targetId":"e7","label":"other"}\n')
    out = call("show", file, "--entry", entry).out
    assert "other answer" in out
    assert "now commit" not in out


def test_an_entry_may_be_called_by_the_beginning_of_its_id(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"e7"', b'"9f0c12ab"'))
    assert "other answer" in call("show", file, "--entry", "9f0").out
    for name, problem in (("e", "several entries are"), ("nowhere", "no entry is"), ("", "no entry is")):
        assert f"{problem} called '{name}'" in call("show", file, "--entry", name).err


def test_programs_get_all_of_the_branch(file: Path) -> None:
    data: dict[str, Any] = called("show", file)
    assert (data["session_id"], data["name"], data["leaf"]) == ("s-1", "Work", "e11")
    assert [entry["id"] for entry in data["entries"]] == ["e1", "e2", "e3", "e4", "e8", "e9", "e10", "e11"]
    answer = data["entries"][1]
    assert answer["parent"] == "e1"
    assert answer["usage"]["input"] == 100
    assert [(block["kind"], block["text"]) for block in answer["blocks"]] == [
        ("thinking", "let me think"),
        ("markdown", "A guess."),
        ("call", "pytest -x"),
    ]
    assert data["entries"][3]["label"] == "good point"


@pytest.mark.parametrize("words", [("show",), ("show", "--full"), ("tree",), ("tree", "--all"), ("export",)])
def test_nothing_that_strangers_wrote_reaches_the_terminal_raw(hostile: Path, words: tuple[str, ...]) -> None:
    done = call(words[0], hostile, *words[1:])
    assert done.code == 0
    assert CONTROLS.findall(done.out + done.err) == []
    assert "\\x1b[2J" in done.out


@pytest.mark.parametrize("word", ["show", "tree"])
def test_what_programs_get_is_ascii_and_complete(hostile: Path, word: str) -> None:
    out = call(word, hostile, "--json").out
    assert out.isascii()
    assert "\\ud83d" in out
    assert json.loads(out)["entries"]


def test_a_session_that_is_not_there_and_a_file_without_one_are_told(file: Path, tmp_path: Path) -> None:
    (tmp_path / "text.jsonl").write_text("no session\n")
    for word in ("show", "tree", "export", "fork"):
        more = ["new"] if word == "fork" else []
        assert "no session is called 'nowhere'" in call(word, "nowhere", *more).err
        assert "no session in it" in call(word, tmp_path / "text.jsonl", *more).err
    assert file.exists()
