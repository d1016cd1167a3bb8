"""What the installed distribution offers."""

from __future__ import annotations

from importlib.metadata import entry_points


def test_l_e89_the_command_has_its_old_name() -> None:
    (command,) = entry_points(group="console_scripts", name="pil")
    assert callable(command.load())
