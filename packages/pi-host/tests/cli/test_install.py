from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cli_support import listing

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from pathlib import Path

    from cli_support import User

    from pi_testkit import ScriptedModel
    from pi_testkit.pi import Pi

RULES = """
@hookimpl
def before_agent_start(event):
    return {"systemPrompt": event.system_prompt + "\\nBE KIND"}
"""

#: As people write it: four spaces, two on one line, an empty list, an unknown key, CRLF, no newline at the end.
ODD = b'{\n    "theme": "dark", "packages": [ ],\r\n\n    "somethingNew": {"a":1}}'


def test_pi_loads_the_plugins_at_every_start(user: User, pi: Pi, scripted_model: ScriptedModel) -> None:
    user.plugin("rules", RULES)
    scripted_model.add(Say("hello"), Say("hello"))
    assert user("install").returncode == 0
    for number in range(2):
        assert pi.print("hi").stdout == "hello\n"
        assert "BE KIND" in scripted_model.requests[number].texts("system")[0]


@pytest.mark.parametrize("before", [ODD, b"", None], ids=["odd", "empty", "absent"])
def test_uninstalling_leaves_pis_files_as_they_were(user: User, before: bytes | None) -> None:
    if before is None:
        user.settings.unlink()
    else:
        user.settings.write_bytes(before)
        user.settings.chmod(0o640)
    files = listing(user.home.home)
    assert user("install").returncode == 0
    assert "pi-host" in user.settings.read_text()
    assert user("uninstall").returncode == 0
    assert _without_caches(user) == {path: data for path, data in files.items() if not path.startswith(".cache")}
    assert before is None or user.settings.stat().st_mode & 0o777 == 0o640


def test_settings_that_are_a_link_stay_one(user: User, tmp_path: Path) -> None:
    (tmp_path / "dotfiles.json").write_bytes(ODD)
    user.settings.unlink()
    user.settings.symlink_to(tmp_path / "dotfiles.json")
    assert user("install").returncode == 0
    assert user("uninstall").returncode == 0
    assert user.settings.is_symlink()
    assert (tmp_path / "dotfiles.json").read_bytes() == ODD


def test_what_was_changed_meanwhile_is_kept(user: User) -> None:
    user("install")
    user.settings.write_text(json.dumps(json.loads(user.settings.read_text()) | {"theme": "light"}))
    assert user("uninstall").returncode == 0
    settings = json.loads(user.settings.read_text())
    assert settings["theme"] == "light"
    assert settings["packages"] == []


def test_installing_twice_and_uninstalling_twice_is_the_same_as_once(user: User) -> None:
    user.settings.write_bytes(ODD)
    user("install")
    once = listing(user.home.agent_dir)
    again = user("install")
    assert (again.returncode, listing(user.home.agent_dir)) == (0, once)
    user("uninstall")
    again = user("uninstall")
    assert (again.returncode, again.stdout) == (0, "nothing to undo: it is not installed\n")
    assert user.settings.read_bytes() == ODD


def test_installing_renews_what_an_older_one_has_written(newest: User) -> None:
    newest("install")
    about = newest.home.agent_dir / "pi-host" / "host.json"
    right = about.read_bytes()
    about.write_text('{"python": "/old/python", "bridge": "/old/index.js", "cache": "/old", "version": "0.0.1"}')
    (about.parent / "index.js").write_text("throw new Error('old')")
    assert newest("install").returncode == 0
    assert about.read_bytes() == right
    assert "throw new Error('old')" not in (about.parent / "index.js").read_text()


def test_a_deleted_environment_is_told_once_and_stops_nothing(
    user: User, pi: Pi, scripted_model: ScriptedModel
) -> None:
    scripted_model.add(Calls(Call("bash", command="echo ran")), Say("done"), Say("again"))
    user("install")
    _delete_environment(user)
    with pi.rpc() as rpc:
        [ended] = [record for record in rpc.prompt("go") if record["type"] == "tool_execution_end"]
        rpc.send("new_session")
        rpc.prompt("again")
        notices = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
    assert ended["result"]["content"][0]["text"].strip() == "ran"
    assert len(notices) == 1
    assert notices[0].startswith("pi-host: Python plugins are off: /gone/bin/python is gone. ")
    assert f"pi remove {user.home.agent_dir / 'pi-host'}" in notices[0]


def test_a_deleted_environment_is_told_on_standard_error_in_print_mode(
    user: User, pi: Pi, scripted_model: ScriptedModel
) -> None:
    scripted_model.add(Say("hello"))
    user("install")
    _delete_environment(user)
    done = pi.print("hi")
    assert (done.stdout, done.returncode) == ("hello\n", 0)
    assert done.stderr.count("pi-host: Python plugins are off") == 1
    assert "`pi-host doctor`" in done.stderr


def test_plugins_survive_a_new_session_and_a_reload(user: User, pi: Pi, scripted_model: ScriptedModel) -> None:
    user.plugin(
        "again",
        RULES + "@command\nasync def again(args, ctx):\n    await ctx.reload()\n",
    )
    scripted_model.add(*[Say("hello")] * 3)
    user("install")
    with pi.rpc() as rpc:
        rpc.prompt("one")
        rpc.send("new_session")
        rpc.prompt("two")
        rpc.prompt("/again")
        rpc.prompt("three")
    assert ["BE KIND" in request.texts("system")[0] for request in scripted_model.requests] == [True] * 3


def test_a_project_is_installed_for_itself_and_undone_without_a_trace(user: User) -> None:
    before = listing(user.home.root / "work"), user.settings.read_bytes()
    done = user("install", "--project")
    assert done.returncode == 0, done.stderr
    assert json.loads((user.home.cwd / ".pi" / "settings.json").read_text()) == {"packages": ["pi-host"]}
    assert (user.home.cwd / ".pi" / "pi-host" / ".gitignore").read_text() == "*\n"
    assert user("uninstall", "--project").returncode == 0
    assert (listing(user.home.cwd), user.settings.read_bytes()) == before


def test_a_project_that_pi_does_not_trust_is_left_alone(newest: User) -> None:
    settings = newest.home.cwd / ".pi" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"theme":"dark"}')
    before = listing(newest.home.cwd)
    done = newest("install", "--project")
    assert done.returncode == 1
    assert "pi does not trust the project" in done.stderr
    assert listing(newest.home.cwd) == before


def test_settings_that_are_no_json_are_told_with_their_line_and_left_alone(newest: User) -> None:
    newest.settings.write_text('{\n  "theme": "dark"\n  "packages": []\n}\n')
    before = listing(newest.home.agent_dir)
    done = newest("install")
    assert done.returncode == 1
    assert f"{newest.settings}:3: invalid JSON" in done.stderr
    assert listing(newest.home.agent_dir) == before


def test_a_pi_that_fails_leaves_nothing_behind(bare: User) -> None:
    bare.program("pi", '[ "$1" = --version ] && echo 1.5.2 && exit; echo "disk on fire" >&2; exit 3')
    before = listing(bare.home.home)
    done = bare("install")
    assert done.returncode == 1
    assert done.stderr == "pi-host: `pi install` ended with exit code 3: disk on fire\n"
    assert listing(bare.home.home) == before


def test_a_pi_that_fails_after_it_wrote_its_settings_finds_them_as_they_were(bare: User) -> None:
    bare.settings.write_text('{"theme": "dark"}')
    writes = f"""echo '{{"packages": ["./pi-host"]}}' > {bare.settings}"""
    bare.program("pi", f'[ "$1" = --version ] && echo 1.5.2 && exit; {writes}; exit 1')
    assert bare("install").returncode == 1
    assert bare.settings.read_text() == '{"theme": "dark"}'


@pytest.mark.parametrize("packages", [5, ["~nosuchuser/x"], ["a\0b"], [None], {"x": 1}])
def test_packages_of_pi_that_are_none_are_passed_over(newest: User, packages: object) -> None:
    newest.settings.write_text(json.dumps({"packages": packages}))
    done = newest("doctor", "--json")
    (found,) = [one for one in json.loads(done.stdout)["findings"] if one["subject"] == "install"]
    assert found["level"] == "ok"


def test_a_folder_that_cant_be_written_is_told(newest: User) -> None:
    # Nobody, not even root, makes a file there.
    done = newest("install", PI_CODING_AGENT_DIR="/proc/self")
    assert done.returncode == 1
    assert "can't write" in done.stderr
    assert "Traceback" not in done.stderr


def test_folders_that_were_made_for_it_are_gone_again(newest: User) -> None:
    fresh = newest.home.home / "elsewhere" / "agent"
    assert newest("install", PI_CODING_AGENT_DIR=str(fresh)).returncode == 0
    assert newest("uninstall", PI_CODING_AGENT_DIR=str(fresh)).returncode == 0
    assert not fresh.parent.exists()


def test_uninstalling_needs_no_pi_while_its_settings_are_unchanged(newest: User) -> None:
    newest.settings.write_bytes(ODD)
    newest("install")
    (newest.bin / "pi").unlink()
    assert newest("uninstall", PI_HOST_PI="/nowhere").returncode == 0
    assert newest.settings.read_bytes() == ODD


def test_json_says_what_is_installed(newest: User) -> None:
    facts: dict[str, Any] = json.loads(newest("install", "--json").stdout)
    assert (facts["installed"], facts["changed"]) == (True, True)
    assert facts["package"] == str(newest.home.agent_dir / "pi-host")
    assert json.loads(newest("uninstall", "--json").stdout)["installed"] is False


def _delete_environment(user: User) -> None:
    about = user.home.agent_dir / "pi-host" / "host.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"python": "/gone/bin/python"}))


def _without_caches(user: User) -> dict[str, bytes | None]:
    shutil.rmtree(user.home.home / ".cache", ignore_errors=True)
    return listing(user.home.home)
