from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cli_support import User

GOOD = """
    volume = flag("volume", default="low")

    @hookimpl
    def tool_call(event):
        pass

    @tool
    def weather(city: str) -> str:
        "Weather."
        return city

    @command
    def hello(args, ctx):
        "Say hello."
"""


def test_a_plugin_is_listed_with_all_that_it_offers(bare: User) -> None:
    bare.plugin("good", GOOD)
    done = bare("plugins", "--json")
    [row] = json.loads(done.stdout)["plugins"]
    assert (row["name"], row["status"], row["source"]) == ("good", "active", "file")
    assert (row["hooks"], row["tools"], row["commands"], row["flags"]) == (
        ["tool_call"],
        ["weather"],
        ["hello"],
        ["volume"],
    )
    assert row["import_ms"] > 0
    assert done.returncode == 0


def test_broken_plugins_come_first_and_say_why(bare: User) -> None:
    bare.plugin("alpha", GOOD)
    path = bare.plugin("zeta", "1 / 0\n")
    done = bare("plugins")
    table = done.stdout
    assert done.returncode == 1
    assert table.index("zeta") < table.index("alpha")
    flat = "".join(table.split())
    assert "importfailed:ZeroDivisionError" in flat
    assert f"{path.name}:2" in flat


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import os\nos._exit(9)\n", "ended Python with exit code 9"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "was killed by SIGSEGV"),
        ("raise SystemExit(4)\n", "SystemExit: 4"),
    ],
)
def test_a_plugin_that_takes_python_down_is_named_and_the_others_are_listed(bare: User, body: str, why: str) -> None:
    bare.plugin("alpha", GOOD)
    bare.plugin("bomb", body)
    bare.plugin("omega", 'print("{not json}")\n')
    rows: list[dict[str, Any]] = json.loads(bare("plugins", "--json").stdout)["plugins"]
    assert [(row["name"], row["status"]) for row in rows] == [
        ("bomb", "broken"),
        ("alpha", "active"),
        ("omega", "active"),
    ]
    assert why in rows[0]["problem"]


def test_a_projects_plugins_are_imported_only_when_asked_for(bare: User) -> None:
    folder = bare.home.cwd / ".pi" / "python"
    folder.mkdir(parents=True)
    (folder / "local.py").write_text(f"open({str(bare.home.root / 'imported')!r}, 'w')\n")
    done = bare("plugins")
    assert "--project shows them" in done.stdout
    assert not (bare.home.root / "imported").exists()
    [row] = json.loads(bare("plugins", "--project", "--json").stdout)["plugins"]
    assert (row["name"], row["source"]) == ("local", "project")
    assert (bare.home.root / "imported").exists()


def test_a_disabled_plugin_is_listed_and_not_imported(bare: User) -> None:
    bare.plugin("off", f"open({str(bare.home.root / 'imported')!r}, 'w')\n")
    bare.config.write_text('disabled = ["off"]\n')
    [row] = json.loads(bare("plugins", "--json").stdout)["plugins"]
    assert row["status"] == "disabled"
    assert not (bare.home.root / "imported").exists()


def test_a_pi_that_is_too_old_for_a_plugin_is_told(newest: User) -> None:
    newest.plugin("modern", 'REQUIRES_PI = "7.0"\n')
    [row] = json.loads(newest("plugins", "--json").stdout)["plugins"]
    assert row["status"] == "refused"
    assert "needs pi 7.0 or newer, this is pi 1.5.2" in row["problem"]


def test_without_plugins_it_says_where_one_goes(bare: User) -> None:
    assert "put a .py file into ~/.pi/agent/python" in bare("plugins").stdout


def test_what_a_plugin_says_cannot_move_the_cursor(bare: User) -> None:
    bare.plugin("loud", 'raise ValueError("\\x1b[2J\\u202eevil")\n')
    for command in ("plugins", "doctor"):
        said = bare(command).stdout
        assert "evil" in said
        assert "\x1b[2J" not in said
        assert "\u202e" not in said
