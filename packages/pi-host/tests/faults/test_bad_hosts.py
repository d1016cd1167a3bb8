"""Something else than the host at the other end of the link: told, ended, and pi goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import alive, eventually, notices

from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from host_support import Hosted

HOSTS = {
    "sends no frames": ("print('hello there', flush=True); time.sleep(600)", "something that is no frame: hello there"),
    "sends a frame without an end": (
        "[os.write(1, b'x' * 2**20) for _ in range(70)]; time.sleep(600)",
        "it sent a frame over 67108864 bytes",
    ),
    "ends within a frame": ("print('{\"m\": \"ready\"', end='', flush=True)", "the Python host is gone (exit code 0)"),
}


@pytest.mark.pi_versions("1.5.2")
@pytest.mark.parametrize("kind", HOSTS)
def test_a_host_that_does_not_keep_to_the_protocol_is_ended_and_told(hosted: Hosted, tmp_path: Path, kind: str) -> None:
    code, expected = HOSTS[kind]
    pids = tmp_path / "pids"
    fake = tmp_path / "python"
    fake.write_text(
        f"#!/usr/bin/env python3\nimport os, time\nopen({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{code}\n"
    )
    fake.chmod(0o755)
    hosted.pi.model.add(Say("fine"))
    with hosted.rpc(PI_HOST_PYTHON=str(fake)) as rpc:
        rpc.prompt("hello")
        told = eventually(lambda: expected in notices(rpc) and notices(rpc))
        first = int(pids.read_text().split()[0])
        eventually(lambda: not alive(first))
    assert "it starts again in 0.25 s" in told
    assert "fine" in str(rpc.records)
