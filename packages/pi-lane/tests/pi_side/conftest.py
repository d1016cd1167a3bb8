"""The modules of ``pi_side`` on pi's own session manager, in each of its versions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lane_entries import header, lines, said

import pi_lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pi_testkit import PiInstall

HERE = Path(__file__).parent
SIDE = Path(pi_lane.__file__).parent / "pi_side"


@pytest.fixture(scope="session")
def desk(pi_install: PiInstall) -> Iterator[Callable[..., list[Any]]]:
    """Runs commands of ``desk.mjs`` and gives their answers; one process serves all tests of a version."""
    package = pi_install.root / "node_modules" / "@earendil-works" / "pi-coding-agent"
    command = [pi_install.node, HERE / "desk.mjs", package, SIDE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run(*commands: list[Any]) -> list[Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{json.dumps(commands)}\n")
            process.stdin.flush()
            answers: list[Any] = json.loads(process.stdout.readline())
            return answers

        yield run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A session of two prompts and their answers: a, b, c, d."""
    path = tmp_path / "session.jsonl"
    path.write_text(lines(header(), said("a", None, "user"), said("b", "a"), said("c", "b", "user"), said("d", "c")))
    return path
