from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import Tale, image

from pi_host.sessionfile import Session
from pi_session_persistence.export import ExportError, Redactor, export, write

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.export import Form

SECRET = "sk-" + "ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def file(tale: Tale, tmp_path: Path) -> Path:
    return tale.write(tmp_path / "s.jsonl")


def exported(file: Path, form: Form, **more: Any) -> str:
    return b"".join(export(file, form, **more)).decode()


def test_as_lines_it_is_the_same_bytes_whatever_they_are(tale: Tale, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    odd = tale.data + b'\n \xff garbage\r\n{"a":  1.50, "a":2}\n{"torn'
    file.write_bytes(odd)
    assert b"".join(export(file, "jsonl")) == odd


def test_lines_to_be_shown_have_no_secrets_and_no_signatures(tmp_path: Path) -> None:
    tale = Tale()
    tale.assistant("x", thinking=f"use {SECRET}", calls={"bash": {"env": {"KEY": SECRET}}})
    tale.data += f"garbage {SECRET}\n".encode() + b'{"type":"custom","x":"\\ud83d"}\n'
    redactor = Redactor({})
    out = exported(tale.write(tmp_path / "s.jsonl"), "jsonl", redactor=redactor)
    assert SECRET not in out
    assert "ignature" not in out
    assert redactor.counts == {"anthropic-key": 3}
    assert Session.parse(out.encode()).entries[0].id == "e1"
    assert "\\ud83d" in out


@pytest.mark.parametrize("form", ["md", "html", "jsonl"])
def test_without_images_a_word_stands_for_each(file: Path, form: Form) -> None:
    assert "aGVsbG8=" in exported(file, form)
    without = exported(file, form, images=False)
    assert "aGVsbG8=" not in without
    assert "(image, image/png, 6 bytes)" in without


@pytest.mark.parametrize("form", ["md", "html"])
def test_secrets_are_taken_out_of_everything_that_is_said(tmp_path: Path, form: Form) -> None:
    tale = Tale(SECRET, cwd=f"/{SECRET}")
    first = tale.user(SECRET)
    tale.assistant(SECRET, thinking=SECRET, calls={"bash": {"command": f'"{SECRET}"'}}, model=SECRET, error=SECRET)
    tale.tool(SECRET)
    tale.add("label", targetId=first, label=SECRET)
    tale.add("session_info", name=SECRET)
    tale.add("compaction", summary=SECRET, firstKeptEntryId=first, tokensBefore=1)
    tale.message("bashExecution", command=SECRET, output=SECRET)
    assert SECRET not in exported(tale.write(tmp_path / "s.jsonl"), form, redactor=Redactor({}))


@pytest.mark.parametrize("form", ["md", "html"])
def test_signatures_never_leave(file: Path, form: Form) -> None:
    assert "c2lnbmF0dXJl" not in exported(file, form)


def test_markdown_tells_the_branch_that_goes_on(file: Path) -> None:
    out = exported(file, "md")
    assert out.startswith("# Work\n\n- **session**: s-1\n")
    assert "## Prompt · 2026-03-01 10:01\n\nwhy does it fail?\n" in out
    assert "<details><summary>thinking</summary>\n\n```\nlet me think\n```\n\n</details>" in out
    assert "<details><summary>bash: pytest -x</summary>\n\n```bash\npytest\n-x\n```" in out
    assert "<details><summary>failure of bash</summary>\n\n```\n1 failed\nhere\n```" in out
    assert "A **bold** guess." in out
    assert "other way" not in out


def test_markdown_of_another_branch(file: Path) -> None:
    out = exported(file, "md", entry="e9")
    assert "deep answer" in out
    assert "now commit" not in out


def test_a_fence_is_longer_than_any_in_the_text(tmp_path: Path) -> None:
    tale = Tale()
    tale.tool("````\nx\n````")
    assert "\n`````\n````\nx\n````\n`````\n" in exported(tale.write(tmp_path / "s.jsonl"), "md")


def test_one_branch_as_lines_is_a_session_of_its_own(file: Path) -> None:
    session = Session.parse(exported(file, "jsonl", entry="e9").encode())
    assert [entry.id for entry in session.path()] == ["e1", "e2", "e3", "e4", "e6", "e7", "e8", "e9"]
    assert session.oddities == []


def test_an_entry_that_is_not_there_is_told(file: Path) -> None:
    for form in ("md", "html", "jsonl"):
        with pytest.raises(ExportError, match="no entry has the id 'nowhere'"):
            exported(file, form, entry="nowhere")


def test_a_file_without_a_session_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(b"no session\n")
    with pytest.raises(ExportError, match="no session in it"):
        exported(tmp_path / "s.jsonl", "md")


@pytest.mark.parametrize("form", ["md", "html", "jsonl"])
def test_whatever_is_in_the_file_is_exported(tale: Tale, tmp_path: Path, form: Form) -> None:
    odd = (
        b'\xff\n{}\n123\nnull\n[]\n{"type":"message","id":"m","parentId":"x","message":5}\n{"type":"message","message":{"role":5,'
        b'"content":[1,{"type":"text","text":7},{"type":"toolCall"},{"type":"image"},{"type":"new"}]}}\n'
        b'{"type":"compaction"}\n{"type":"message","id":"c1","parentId":"c2","message":{"role":"user","content":"\\ud83d"}}\n'
        b'{"type":"label","id":"c2","parentId":"c1"}\n{"torn'
    )
    (tmp_path / "s.jsonl").write_bytes(tale.data + odd)
    assert "now commit" in exported(tmp_path / "s.jsonl", form, redactor=Redactor({}), entry=tale.leaf)
    assert exported(tmp_path / "s.jsonl", form, redactor=Redactor({}))


@pytest.mark.parametrize("depth", [150, 600, 3000, 100_000])
@pytest.mark.parametrize("form", ["md", "html", "jsonl"])
def test_however_deeply_something_is_nested_it_is_exported_without_secrets(
    tale: Tale, tmp_path: Path, form: Form, depth: int
) -> None:
    data = f'{"[" * depth}"{SECRET}"{"]" * depth}'
    tale.data += f'{{"type":"custom","id":"deep","parentId":"{tale.leaf}","data":{data}}}\n'.encode()
    file = tale.write(tmp_path / "s.jsonl")
    assert "now commit" in exported(file, form, images=False)
    assert SECRET not in exported(file, form, images=False, redactor=Redactor({}))


def test_an_export_is_for_its_owner_only(tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    target.write_text("old")
    write(target, [b"new"])
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(ExportError, match="choose another place"):
        write(target / "out.md", [b"x"])


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path / "pipe", tmp_path):
        with pytest.raises(ExportError, match="no regular file"):
            write(target, [b"x"])
    assert (tmp_path / "pipe").is_fifo()


def test_the_file_behind_a_link_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.md"
    link.symlink_to("folder/real.md")
    write(link, [b"x"])
    assert link.is_symlink()
    assert (tmp_path / "folder" / "real.md").read_text() == "x"


def test_an_old_version_is_exported_too(tmp_path: Path) -> None:
    lines = [
        {"type": "session", "id": "old", "timestamp": "2025-01-01T00:00:00.000Z", "cwd": "/work"},
        {"type": "message", "timestamp": "2025-01-01T00:00:00.000Z", "message": {"role": "user", "content": "hello"}},
    ]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "hello" in exported(tmp_path / "s.jsonl", "html")


def test_the_system_prompt_is_folded_and_a_failure_is_not(tmp_path: Path) -> None:
    tale = Tale()
    tale.message("system", content=[{"type": "text", "text": "You are a coding agent."}])
    tale.assistant(error="529 overloaded")
    out = exported(tale.write(tmp_path / "s.jsonl"), "md")
    assert "<details><summary>system prompt</summary>\n\n```\nYou are a coding agent.\n```" in out
    assert "**failed:** 529 overloaded" in out


def test_only_the_name_of_the_file_is_told(file: Path, tmp_path: Path) -> None:
    for form in ("md", "html"):
        out = exported(file, form)
        assert "s.jsonl" in out
        assert str(tmp_path) not in out


@pytest.mark.parametrize("form", ["md", "html", "jsonl"])
def test_each_secret_is_counted_once(tmp_path: Path, form: Form) -> None:
    tale = Tale()
    tale.user(SECRET)
    tale.assistant("ok", calls={"bash": {"command": f"curl {SECRET}"}})
    tale.add("session_info", name="other")
    redactor = Redactor({})
    exported(tale.write(tmp_path / "s.jsonl"), form, redactor=redactor)
    assert redactor.counts == {"anthropic-key": 2}


@pytest.mark.parametrize("form", ["md", "html", "jsonl"])
def test_progress_is_told(tmp_path: Path, form: Form) -> None:
    tale = Tale()
    for number in range(200):
        tale.user(f"prompt {number}")
    seen: list[tuple[int, int]] = []
    exported(tale.write(tmp_path / "s.jsonl"), form, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(50, 200), (100, 200), (150, 200), (200, 200)]


def test_an_image_is_shown_only_if_it_is_one(tmp_path: Path) -> None:
    tale = Tale()
    tale.user("look", image("aGVsbG8="), image('"><script>') | {"mimeType": "image/png"}, {"type": "image"})
    out = exported(tale.write(tmp_path / "s.jsonl"), "html")
    assert out.count("<img ") == 1
