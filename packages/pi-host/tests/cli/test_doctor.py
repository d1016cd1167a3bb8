from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pi_host._plugins import Plugin
from pi_host.cli._checks import Finding, _plugin

if TYPE_CHECKING:
    from cli_support import User


def findings(user: User, **env: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = user("doctor", "--json", cwd=None, **env)
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.returncode == 0)
    return done.returncode, {finding["subject"]: finding for finding in answer["findings"]}


def test_a_sound_setup_has_nothing_to_mend(newest: User) -> None:
    newest.plugin("good", "")
    newest("install")
    elsewhere = newest.home.root / "tmp"  # so that it does not matter whether this checkout lies in the real one
    elsewhere.mkdir()
    code, found = findings(newest, TMPDIR=str(elsewhere))
    assert code == 0
    assert {subject: finding["mend"] for subject, finding in found.items() if finding["level"] != "ok"} == {}
    assert found["pi"]["text"].startswith("1.5.2 at ")
    assert found["plugin good"]["text"].startswith("active, import ")
    assert newest("doctor").returncode == 0


def test_a_python_in_the_temporary_folder_is_a_warning(newest: User) -> None:
    code, found = findings(newest, TMPDIR=str(Path(sys.executable).parent))
    assert code == 0
    assert found["python"]["level"] == "warning"
    assert "which may be thrown away" in found["python"]["text"]


def test_no_pi_is_an_error_with_the_way_to_get_one(bare: User) -> None:
    code, found = findings(bare, PI_TESTKIT_CACHE=str(bare.home.root / "empty"))
    assert code == 1
    assert "no pi on the path" in found["pi"]["text"]
    assert "npm install -g" in found["pi"]["mend"]


def test_a_node_that_is_too_old_is_an_error(newest: User) -> None:
    newest.program("node", "echo v20.20.2")
    code, found = findings(newest)
    assert code == 1
    assert "pi 1.5.2 needs Node 22.19.0 or newer" in found["node"]["text"]
    assert "install a newer Node" in found["node"]["mend"]


def test_an_agent_dir_that_cant_be_written_is_an_error(newest: User) -> None:
    # Nobody, not even root, makes a file there.
    code, found = findings(newest, PI_CODING_AGENT_DIR="/proc/self")
    assert code == 1
    assert "can't be written" in found["agent dir"]["text"]
    assert "PI_CODING_AGENT_DIR" in found["agent dir"]["mend"]


def test_an_agent_dir_that_is_not_there_yet_is_fine(newest: User) -> None:
    shutil.rmtree(newest.home.agent_dir)
    code, found = findings(newest)
    assert (code, found["agent dir"]["level"]) == (0, "ok")
    assert not newest.home.agent_dir.exists()


def test_invalid_configuration_is_an_error_with_file_and_line(newest: User) -> None:
    newest.config.write_text("deadline = 10\norder = oops\n")
    code, found = findings(newest)
    assert code == 1
    assert f"{newest.config}:2: invalid TOML" in found["config"]["text"]


def test_a_projects_invalid_configuration_is_told_too(newest: User) -> None:
    (newest.home.cwd / ".pi").mkdir()
    (newest.home.cwd / ".pi" / "pi-host.toml").write_text("= 1\n")
    code, found = findings(newest)
    assert code == 1
    assert "/.pi/pi-host.toml:1: invalid TOML" in found["config"]["text"]


def test_of_two_plugins_with_one_name_the_second_is_told_and_nobody_is_to_disable_both() -> None:
    problem = "its name is already taken by 'twin.plugin'; rename one of them"
    second = Plugin(
        name="twin", source="entry-point", target="pi_twin", distribution="pi-twin", status="refused", problem=problem
    )
    assert _plugin(second) == Finding(
        "plugin twin (pi-twin)", "warning", "its name is already taken by 'twin.plugin'", "rename one of them"
    )


def test_a_broken_plugin_is_an_error_and_a_slow_one_a_warning(newest: User) -> None:
    newest.plugin("broken", "1 / 0\n")
    newest.plugin("slow", "import time\ntime.sleep(0.06)\n")
    code, found = findings(newest)
    assert code == 1
    assert found["plugin broken"]["level"] == "error"
    assert found["plugin broken"]["mend"] == "correct it, or `pi-host disable broken`"
    assert found["plugin slow"]["level"] == "warning"


@pytest.mark.parametrize(
    ("about", "level", "text"),
    [
        ({"python": "/gone/python"}, "error", "/gone/python is gone"),
        ({"python": "/bin/sh"}, "warning", "pi uses another Python than this one: /bin/sh"),
        ({"version": "0.0.1"}, "warning", "made by pi-host 0.0.1"),
        (None, "error", "missing or damaged"),
    ],
)
def test_an_installation_that_does_not_fit_is_told(
    newest: User, about: dict[str, str] | None, level: str, text: str
) -> None:
    newest("install")
    path = newest.home.agent_dir / "pi-host" / "host.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | about) if about else "{")
    code, found = findings(newest)
    assert (code == 1) == (level == "error")
    assert found["install"]["level"] == level
    assert text in found["install"]["text"]
    assert found["install"]["mend"] == "run `pi-host install`"


def test_a_package_that_pi_no_longer_knows_is_told(newest: User) -> None:
    newest("install")
    newest.settings.write_text("{}")
    _, found = findings(newest)
    assert found["install"]["level"] == "warning"
    assert "pi's settings don't name" in found["install"]["text"]


def test_the_last_failure_in_the_log_is_told(newest: User) -> None:
    log = newest.home.home / ".cache" / "pi-host" / "host.log"
    log.parent.mkdir(parents=True)
    log.write_text(
        "2026-01-01T00:00:00 [7] fine\nTraceback (most recent call last):\nValueError: old\nKeyError: 'new'\n"
    )
    code, found = findings(newest)
    assert (code, found["log"]["level"]) == (0, "warning")
    assert found["log"]["text"] == "last failure: KeyError: 'new'"
    assert found["log"]["mend"] == "all of it is in ~/.cache/pi-host/host.log"
