from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from reading_support import call

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sk-" + "ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def secret(file: Path) -> Path:
    """The session, with a secret in it."""
    file.write_bytes(file.read_bytes().replace(b"other answer", b"x").replace(b"committed", SECRET.encode()))
    return file


def test_the_form_is_what_the_file_ends_in_or_what_is_asked_for(file: Path, tmp_path: Path) -> None:
    for name, words, beginning in (
        ("x.html", [], "<!doctype html>"),
        ("x.md", [], "# Work\n"),
        ("x.txt", [], "# Work\n"),
        ("y.jsonl", [], '{"type": "session"'),
        ("x.md", ["--as", "html"], "<!doctype html>"),
    ):
        assert call("export", file, "--out", tmp_path / name, *words).code == 0
        assert (tmp_path / name).read_text().startswith(beginning)
    assert call("export", file).out.startswith("# Work\n")


def test_an_export_to_be_shown_has_no_secrets_unless_somebody_wants_them(secret: Path) -> None:
    for form in ("md", "html"):
        done = call("export", secret, "--as", form)
        assert SECRET not in done.out
        assert done.err == "pi-session: secrets were taken out: anthropic-key 1; look at it before you share it\n"
        done = call("export", secret, "--as", form, "--no-redact")
        assert SECRET in done.out
        assert done.err == ""


def test_as_lines_it_is_the_same_bytes_unless_secrets_are_to_be_taken_out(secret: Path) -> None:
    assert call("export", secret, "--as", "jsonl").out == secret.read_text()
    done = call("export", secret, "--as", "jsonl", "--redact")
    assert SECRET not in done.out
    assert "c2lnbmF0dXJl" not in done.out


def test_a_secret_of_the_environment_is_known(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "Line endings")
    done = call("export", file)
    assert "Line endings" not in done.out
    assert "$SHOP_TOKEN" in done.err


def test_that_no_secret_was_found_is_said_too(file: Path) -> None:
    assert call("export", file).err == "pi-session: no secrets were found; look at it before you share it\n"


def test_images_can_be_left_out(file: Path) -> None:
    assert "aGVsbG8=" in call("export", file).out
    assert "aGVsbG8=" not in call("export", file, "--no-images").out


def test_another_branch_can_be_exported(file: Path) -> None:
    out = call("export", file, "--entry", "e7").out
    assert "other answer" in out
    assert "now commit" not in out


def test_an_export_is_private_and_replaces_an_older_one(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.html"
    target.write_text("old")
    call("export", file, "--out", target)
    assert target.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_export_never_replaces_a_session(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(file.read_bytes().replace(b"s-1", b"s-2"))
    link = tmp_path / "link.html"
    link.symlink_to(file)
    for target in (file, other, link):
        before = target.read_bytes()
        assert "an export never replaces" in call("export", file, "--out", target).err
        assert target.read_bytes() == before
