from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cli_support import User

COMMENTED = """\
# mine, do not touch
deadline = 10  # seconds

disabled = [
  "audit",  # noisy
]

[plugins.gate]
strict = true  # always
"""


@pytest.fixture
def configured(bare: User) -> User:
    """A user with three plugins and a configuration with comments."""
    for name in ("gate", "audit", "weather"):
        bare.plugin(name, "")
    bare.config.write_text(COMMENTED)
    return bare


def test_disabling_keeps_comments_and_order(configured: User) -> None:
    assert configured("disable", "gate").returncode == 0
    assert configured.config.read_text() == COMMENTED.replace('"audit",  # noisy\n', '"audit",  # noisy\n  "gate",\n')


def test_enabling_undoes_disabling_to_the_byte(configured: User) -> None:
    configured("disable", "gate")
    configured("enable", "gate")
    assert configured.config.read_text() == COMMENTED


def test_the_file_is_for_its_owner_only(bare: User) -> None:
    bare.plugin("gate", "")
    bare("disable", "gate")
    assert bare.config.read_text() == 'disabled = ["gate"]\n'
    assert bare.config.stat().st_mode & 0o777 == 0o600


def test_a_configuration_that_is_a_link_stays_one(configured: User, tmp_path: Path) -> None:
    configured.config.rename(tmp_path / "dotfiles.toml")
    configured.config.symlink_to(tmp_path / "dotfiles.toml")
    configured("config", "set", "deadline", "20")
    assert configured.config.is_symlink()
    assert "deadline = 20  # seconds" in (tmp_path / "dotfiles.toml").read_text()


@pytest.mark.parametrize("words", [("disable", "gat"), ("enable", "gat"), ("config", "set", "plugins.gat.x", "1")])
def test_an_unknown_plugin_is_an_error_with_the_nearest_name(configured: User, words: tuple[str, ...]) -> None:
    done = configured(*words)
    assert (done.returncode, done.stderr) == (1, "pi-host: there is no plugin 'gat'; did you mean 'gate'?\n")
    assert configured.config.read_text() == COMMENTED


def test_a_plugin_that_is_gone_can_still_be_enabled(configured: User) -> None:
    (configured.home.agent_dir / "python" / "audit.py").unlink()
    assert configured("enable", "audit").returncode == 0
    assert "audit" not in configured.config.read_text()


def test_disabling_twice_is_the_same_as_once(configured: User) -> None:
    assert configured("disable", "audit").stdout == "audit is disabled already\n"
    assert configured.config.read_text() == COMMENTED


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("deadline", "2.5", 2.5),
        ("order", '["weather", "gate"]', ["weather", "gate"]),
        ("plugins.gate.strict", "false", False),
        ("plugins.gate.message", "not today", "not today"),
        ("plugins.weather.city", '"Lisbon"', "Lisbon"),
        ("plugins.gate.text", "1\nevil = 2", "1\nevil = 2"),
    ],
)
def test_what_is_set_is_what_is_got(configured: User, key: str, value: str, found: object) -> None:
    assert configured("config", "set", key, value).returncode == 0
    assert json.loads(configured("config", "get", key, "--json").stdout) == found
    assert "# mine, do not touch" in configured.config.read_text()


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("deadline", "-1", "deadline must be more than 0 seconds"),
        ("deadline", "soon", "Expected `float`, got `str`"),
        ("dedline", "1", "unknown field `dedline`"),
        ("a b", "1", "'a b' is no key"),
        ("deadline.x", "1", "'deadline' holds"),
    ],
)
def test_what_would_not_be_valid_is_not_written(configured: User, key: str, value: str, reason: str) -> None:
    done = configured("config", "set", key, value)
    assert done.returncode == 1
    assert reason in done.stderr
    assert configured.config.read_text() == COMMENTED


def test_a_file_that_is_no_toml_is_told_with_its_line_and_not_touched(configured: User) -> None:
    configured.config.write_text("deadline = 10\norder = [\n")
    done = configured("disable", "gate")
    assert done.returncode == 1
    assert f"{configured.config}:" in done.stderr
    assert configured.config.read_text() == "deadline = 10\norder = [\n"


def test_an_option_that_is_not_set_is_an_error(configured: User) -> None:
    done = configured("config", "get", "plugins.weather")
    assert done.returncode == 1
    assert "'plugins.weather' is not set" in done.stderr


def test_without_a_key_everything_is_shown(configured: User) -> None:
    assert json.loads(configured("config", "get", "--json").stdout) == {
        "deadline": 10,
        "disabled": ["audit"],
        "plugins": {"gate": {"strict": True}},
    }


def test_a_date_is_text_for_programs(configured: User) -> None:
    configured("config", "set", "plugins.gate.since", "2024-01-01")
    done = configured("config", "get", "plugins.gate", "--json")
    assert json.loads(done.stdout)["since"] == "2024-01-01"


def test_text_with_a_hash_stays_whole(configured: User) -> None:
    configured("config", "set", "plugins.gate.message", "5 # of us")
    assert configured("config", "get", "plugins.gate.message").stdout == "5 # of us\n"


def test_a_table_is_not_replaced_by_a_value(configured: User) -> None:
    configured("config", "set", "plugins.gate.rules.first", "1")
    done = configured("config", "set", "plugins.gate.rules", "2")
    assert done.returncode == 1
    assert "it is a table with first; set one of these" in done.stderr
    assert configured("config", "get", "plugins.gate.rules.first").stdout == "1\n"


def test_the_ends_of_lines_stay_what_they_are(configured: User) -> None:
    before = configured.config.read_bytes().replace(b"\n", b"\r\n")
    configured.config.write_bytes(before)
    configured("config", "set", "deadline", "7")
    after = configured.config.read_bytes()
    assert [line for line in before.splitlines(keepends=True) if line not in after.splitlines(keepends=True)] in (
        [],
        [line for line in before.splitlines(keepends=True) if line.startswith(b"deadline")],
    )
