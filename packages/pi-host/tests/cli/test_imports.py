"""What the host process must not pay for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit.pi import Pi

LIBRARIES = ("typer", "click", "rich", "tomlkit", "platformdirs", "pi_host.cli")


@pytest.mark.pi_versions("1.5.2")
def test_a_host_that_serves_pi_has_imported_nothing_of_the_command_line(pi: Pi, tmp_path: Path) -> None:
    plugin = tmp_path / "spy.py"
    plugin.write_text(
        "import sys\nfrom pathlib import Path\nfrom pi_host import hookimpl\n@hookimpl\ndef session_start(event):\n"
        f"    Path({str(tmp_path / 'modules')!r}).write_text(' '.join(sys.modules))\n"
    )
    env = environment(plugins=[str(plugin)], autoload=False, cache=tmp_path / "cache")
    with pi.rpc(extensions=[BRIDGE], env=env) as rpc:
        rpc.send("get_state")
        rpc.process.popen.stdin.close()  # type: ignore[union-attr]  # RPC mode always has a pipe
        rpc.process.wait(20)
    modules = (tmp_path / "modules").read_text().split()
    assert "pi_host" in modules
    assert [name for name in LIBRARIES if name in modules] == []


def test_looking_at_plugins_imports_no_library_of_the_command_line() -> None:
    code = "import sys, pi_host.cli._probe; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in LIBRARIES[:-1] if name in modules] == []
