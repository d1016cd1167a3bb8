from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_support import COMMAND

from pi_host.launch import BRIDGE
from pi_testkit import Fail, Say

if TYPE_CHECKING:
    from pathlib import Path

    from cli_support import User

    from pi_testkit import ScriptedModel

RULES = """
@hookimpl
def before_agent_start(event):
    with open({log!r}, "a") as log:
        log.write("asked\\n")
    return {{"systemPrompt": event.system_prompt + "\\nBE KIND"}}
"""


def test_a_trace_that_cannot_be_written_is_told_before_pi_starts(user: User) -> None:
    done = user("run", "--trace", "/nowhere/at/all.jsonl", "--", "-p", "hi")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the trace can't be written to '/nowhere/at/all.jsonl'" in done.stderr


def test_pi_has_the_plugins_and_its_output_and_exit_code_are_its_own(
    user: User, scripted_model: ScriptedModel, tmp_path: Path
) -> None:
    user.plugin("rules", RULES.format(log=str(tmp_path / "log")))
    scripted_model.add(Say("hello"), Fail(400))
    done = user("run", "--", "-p", "hi")
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
    assert "BE KIND" in scripted_model.requests[0].texts("system")[0]
    assert user("run", "--", "-p", "hi").returncode == 1


def test_nothing_is_left_behind_in_pis_settings(user: User, scripted_model: ScriptedModel) -> None:
    scripted_model.add(Say("hello"))
    before = user.settings.read_bytes()
    user("run", "--", "-p", "hi")
    assert user.settings.read_bytes() == before
    assert not (user.home.agent_dir / "pi-host").exists()
    assert not (user.home.agent_dir / "extensions").exists()


def test_a_plugins_flag_is_known_at_the_very_first_launch(user: User, scripted_model: ScriptedModel) -> None:
    user.plugin("shout", 'loud = flag("loud", default=False)\n')
    scripted_model.add(Say("hello"))
    done = user("run", "--", "--loud", "-p", "hi")
    assert (done.stdout, done.returncode) == ("hello\n", 0)


def test_an_installed_bridge_stands_aside(user: User, scripted_model: ScriptedModel, tmp_path: Path) -> None:
    user.plugin("rules", 'loud = flag("loud", default=False)\n' + RULES.format(log=str(tmp_path / "log")))
    scripted_model.add(Say("hello"))
    assert user("install").returncode == 0
    done = user("run", "--", "-p", "hi")
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
    assert (tmp_path / "log").read_text() == "asked\n"


def test_it_becomes_pi_so_that_signals_reach_it(bare: User) -> None:
    bare.program("pi", 'echo "$$" "$@"; exit 7')
    with subprocess.Popen(
        [COMMAND, "run", "--", "-p", "a b"], env=bare.env(), stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        pid, *words = run.stdout.read().split()
    assert int(pid) == run.pid
    assert words == ["-e", str(BRIDGE), "-p", "a", "b"]
    assert run.returncode == 7


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        ("gate", "no installed distribution brings it; `pi-host plugins` lists those that are there"),
        ("./gone.py", "there is no file"),
        ("./broken.py", "import failed: ZeroDivisionError"),
        ("./killer.py", "its import ended Python with exit code 3"),
    ],
)
def test_a_plugin_asked_for_that_cant_be_loaded_stops_before_pi(bare: User, plugin: str, reason: str) -> None:
    bare.program("pi", f'[ "$1" = --version ] || echo started > {bare.bin}/started')
    (bare.home.cwd / "broken.py").write_text("1 / 0\n")
    (bare.home.cwd / "killer.py").write_text("import os\nos._exit(3)\n")
    done = bare("run", "--plugin", plugin)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not (bare.bin / "started").exists()


def test_a_broken_plugin_that_nobody_asked_for_doesnt_stop_pi(bare: User) -> None:
    bare.program("pi", "exit 0")
    bare.plugin("broken", "1 / 0\n")
    assert bare("run").returncode == 0


def test_a_plugin_that_takes_python_down_is_named_and_pi_goes_on(user: User, scripted_model: ScriptedModel) -> None:
    user.plugin("bomb", "import os\nos._exit(3)\n")
    scripted_model.add(Say("hello"))
    done = user("run", "--", "-p", "hi")
    assert (done.stdout, done.returncode) == ("hello\n", 0)
    assert "plugin 'bomb': its import ended Python with exit code 3; the others run without it" in done.stderr
    assert "plugin 'bomb': its import ended the Python process; left out" in done.stderr


def test_options_reach_the_bridge_with_absolute_paths(bare: User) -> None:
    bare.program("pi", "set")
    (bare.home.cwd / "mine.py").write_text("")
    done = bare("run", "--no-autoload", "--plugin", "mine.py", "--trace", "trace.jsonl")
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("PI_HOST_"))
    assert told["PI_HOST_PLUGINS"].strip("'") == str(bare.home.cwd / "mine.py")
    assert told["PI_HOST_TRACE"].strip("'") == str(bare.home.cwd / "trace.jsonl")
    assert told["PI_HOST_AUTOLOAD"].strip("'") == "0"


@pytest.mark.pi_versions("1.5.2")
def test_a_trace_has_a_line_for_every_hook_that_ran(user: User, scripted_model: ScriptedModel, tmp_path: Path) -> None:
    user.plugin("rules", RULES.format(log=str(tmp_path / "log")))
    scripted_model.add(Say("hello"))
    user("run", "--trace", str(tmp_path / "trace.jsonl"), "--", "-p", "hi")
    [line] = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    assert (line["plugin"], line["hook"]) == ("rules", "before_agent_start")


def test_which_pi_is_the_option_then_the_variable_then_the_path(bare: User) -> None:
    bare.program("pi", "echo path")
    variable = str(bare.program("other-pi", "echo variable"))
    option = str(bare.program("third-pi", "echo option"))
    assert bare("run", "--pi", option, PI_HOST_PI=variable).stdout == "option\n"
    assert bare("run", PI_HOST_PI=variable).stdout == "variable\n"
    assert bare("run").stdout == "path\n"


def test_without_a_pi_the_provisioned_one_is_used(bare: User) -> None:
    assert bare("run", "--", "--version").stdout == "1.5.2\n"


def test_a_pi_that_isnt_there_is_told_with_the_way_to_get_one(bare: User) -> None:
    done = bare("run", PI_HOST_PI="/nowhere/pi")
    assert done.returncode == 1
    assert "PI_HOST_PI names '/nowhere/pi', which is no program; install it with `npm install -g" in done.stderr


def test_a_node_that_is_too_old_is_told_before_pi_breaks(newest: User) -> None:
    newest.program("node", "echo v20.20.2")
    done = newest("run", "--", "-p", "hi")
    assert done.returncode == 1
    assert done.stderr.startswith("pi-host: pi 1.5.2 needs Node 22.19.0 or newer, and ")
    assert "is 20.20.2; install a newer Node" in done.stderr


def test_a_missing_node_is_told(newest: User) -> None:
    (newest.bin / "node").unlink()
    done = newest("run", "--", "-p", "hi")
    assert done.returncode == 1
    assert "pi 1.5.2 needs Node 22.19.0 or newer, and there is no `node` on the path" in done.stderr
