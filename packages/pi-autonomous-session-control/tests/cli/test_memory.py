"""``pi-self memory``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from pi_autonomous_session_control.cli.memory import memory as app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    (work / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(work)
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path / "agent"))
    for name in ("PI_SELF_MEMORY_PATH", "PI_SUBAGENT_SESSIONS_DIR"):
        monkeypatch.delenv(name, raising=False)
    return work


def run(*args: str, code: int = 0, **options: Any) -> Result:
    result = CliRunner().invoke(app, list(args), **options)
    assert result.exit_code == code, result.output
    return result


def test_what_is_added_is_listed_and_found() -> None:
    name = run("add", "use tabs", "--topic", "style").stdout.strip()

    listed = run("list").stdout
    assert name in listed
    assert "use tabs" in listed
    assert "style" in listed
    assert json.loads(run("search", "tab", "--json").stdout)["memories"][0]["id"] == name
    assert run("list", "--topic", "other").stdout == ""
    run("search", "absent", code=1)


def test_scopes_are_kept_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "everywhere", "--scope", "user")
    run("add", "on this branch", "--scope", "branch")
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/other\n")

    assert "on this branch" not in run("list").stdout
    assert "everywhere" in run("list").stdout
    assert "on this branch" in run("list", "--everywhere").stdout
    monkeypatch.chdir(folder.parent)
    assert "there is no branch here" in run("add", "x y", "--scope", "branch", code=2).output


def test_the_same_again_is_told() -> None:
    run("add", "use tabs")
    assert "known already" in run("add", "Use the tabs!").stdout


def test_secrets_are_told_without_repeating_them() -> None:
    result = run("add", "the key is ghp_" + "a1B2" * 9)
    assert "taken out: GitHub token" in result.stderr
    assert "a1B2" not in result.output
    assert "nothing but a secret" in run("add", "ghp_" + "a1B2" * 9, code=1).stderr


def test_a_memory_is_changed_by_words() -> None:
    name = run("add", "use yarn").stdout.strip()
    run("add", "yarn is slow")

    assert "names 2 memories" in run("edit", "yarn", "--text", "use pnpm", code=1).stderr
    run("edit", "use yarn", "--text", "use pnpm", "--topic", "tools", "--expires", "30d")
    run("edit", name, "--expires", "never")
    (found,) = json.loads(run("search", "pnpm", "--json").stdout)["memories"]
    assert (found["id"], found["topics"], found["expires_at"]) == (name, ["tools"], None)
    assert "say what to change" in run("edit", name, code=2).output
    assert "is not a time" in run("edit", name, "--expires", "soon", code=2).output


def test_forgetting_shows_what_and_asks() -> None:
    run("add", "deploy to staging")
    run("add", "deploy to production")

    asked = run("forget", "deploy staging", code=1, input="n\n")
    assert "deploy to staging" in asked.output
    assert "production" not in asked.output
    assert len(json.loads(run("list", "--json").stdout)["memories"]) == 2
    assert "forgot 1 memory" in run("forget", "deploy staging", input="y\n").output
    assert "forgot 1 memory" in run("forget", "deploy", "--yes").output
    run("forget", "deploy", "--yes", code=1)


def test_an_export_is_imported_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "use tabs", "--topic", "style", "--confidence", "0.5")
    before = json.loads(run("list", "--json").stdout)
    run("export", "all.json")
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(folder / "other"))

    assert "imported 1 memory; 0 were known" in run("import", "all.json").stdout
    assert "imported 0 memories; 1 were known" in run("import", "-", input=run("export").stdout).stdout
    assert json.loads(run("list", "--json").stdout) == before
    assert (folder / "all.json").stat().st_mode & 0o777 == 0o600


def test_a_snapshot_is_imported(folder: Path) -> None:
    record: dict[str, Any] = {
        "id": "pattern-1",
        "type": "pattern",
        "content": "theirs",
        "context": "turn 1",
        "topic": "x",
        "topics": [],
    }
    record |= {"strength": 1, "createdAt": 1, "lastAccessedAt": 1, "accessCount": 0, "source": "crystallized"}
    entries = [{"layer": "longterm", "memory": record}, {"layer": "longterm", "memory": {}}]
    (folder / "s.json").write_text(json.dumps({"schemaVersion": 1, "entries": entries}))

    result = run("import", "s.json", code=1)

    assert "imported 1 memory" in result.stdout
    assert "not valid" in result.stderr
    assert "theirs" in run("list").stdout


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"format": "pi-self-memory", "version": 2, "memories": []}'])
def test_anything_else_is_not_imported(text: str, folder: Path) -> None:
    (folder / "x").write_text(text)
    assert "can't be imported" in run("import", "x", code=1).stderr


def test_a_snapshot_in_the_folder_is_kept_up_and_none_is_made(folder: Path) -> None:
    run("add", "first of all")
    path = folder / ".pi-subagent-sessions.self-memory.json"
    assert not path.exists()

    path.write_text('{"schemaVersion": 1, "entries": []}')
    run("add", "second to none")
    contents = [item["memory"]["content"] for item in json.loads(path.read_text())["entries"]]
    assert contents == ["first of all", "second to none"]


def test_hostile_text_reaches_no_terminal() -> None:
    run("add", "a\x1b[2Jb\x9bc\u202ed")

    for output in (run("list").output, run("search", "a").output, run("list", "--json").output):
        assert not {"\x1b", "\x9b", "\u202e"} & set(output)
    assert json.loads(run("list", "--json").stdout)["memories"][0]["content"] == "a\x1b[2Jb\x9bc\u202ed"


def test_figures_and_backup(folder: Path) -> None:
    run("add", "use tabs", "--topic", "style")
    assert "1 memory, " in run("stats").stdout
    assert json.loads(run("stats", "--json").stdout)["by_scope"] == {"repository": 1}

    run("backup", "copy")
    run("add", "more to come")
    assert "restored 1 memory" in run("restore", "copy", "--yes").stdout
    assert len(json.loads(run("list", "--json").stdout)["memories"]) == 1
    (folder / "no").write_text("x")
    assert "nothing was changed" in run("restore", "no", "--yes", code=1).stderr
