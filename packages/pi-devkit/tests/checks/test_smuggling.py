"""What a component gets from a sibling by a way round, or does besides, fails with the id of what is about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from devkit_support import Repository

pytestmark = pytest.mark.timeout(240)

FOLDER = "packages/pi-sample/src/pi_sample"
PLUGIN = f"{FOLDER}/plugin.py"
INIT = f"{FOLDER}/__init__.py"
BASE = "packages/pi-sample-base/src/pi_sample_base/__init__.py"
BASE_SMOKE = "packages/pi-sample-base/tests/smoke.py"

HOST = "pi_host._errors is private to pi_host; use what it makes public"
INNER = "components.toml does not let it consume pi_sample_base._inner"


def _failed(repository: Repository, name: str, *only: str) -> dict[str, tuple[str, ...]]:
    repository.commit()
    report = repository.prove(name, only=only)
    return {record.id: record.outcome.lines for record in report.records if record.outcome.status != "passed"}


def test_a_folder_without_init_hides_no_import(repository: Repository) -> None:
    repository.write(
        f"{FOLDER}/extra/smuggled.py", "import pi_host._errors\nfrom pi_sample_base import _inner, greet\n"
    )
    assert _failed(repository, "pi-sample", "R17", "R18") == {
        "R17": (f"pi_sample.extra.smuggled (line 1): {HOST}", f"pi_sample.extra.smuggled (line 2): {INNER}")
    }


ATTRIBUTES = """
import pi_host
import pi_host.events
import pi_host as h
import pi_sample_base as base
from pi_host import events as e

A = pi_host._errors
B = h._errors.HostError
C = base._inner.SECRET
GOOD = (pi_host.__name__, h.events, e.__all__, base.greet)
"""


def test_a_private_module_is_not_reached_as_an_attribute(repository: Repository) -> None:
    repository.write(f"{FOLDER}/_more.py", ATTRIBUTES)
    assert _failed(repository, "pi-sample", "R17", "R18") == {
        "R17": (
            f"pi_sample._more (line 10): {INNER}",
            f"pi_sample._more (line 8): {HOST}",
            f"pi_sample._more (line 9): {HOST}",
        )
    }


TEXTS = """
import importlib
import pkgutil

import pi_host


def later():
    exec("import pi_host._errors")
    exec("from pi_sample_base import _inner")
    eval("pi_host._errors.HostError()")
    exec(compile("import pi_host as h; h._errors", "x", "exec"))
    pkgutil.resolve_name("pi_host._errors:HostError")
    importlib.import_module("._errors", "pi_host")
    importlib.import_module("._errors", package="pi_host")
    return exec("import pi_host, os"), pkgutil.resolve_name("pi_host:command"), eval("1 +")
"""


def test_code_and_names_in_texts_are_imports_though_they_never_run(repository: Repository) -> None:
    repository.write(f"{FOLDER}/_more.py", TEXTS)
    lines = [f"pi_sample/_more.py:{line}: {INNER if line == 10 else HOST}" for line in range(9, 16)]
    assert _failed(repository, "pi-sample", "R17", "R18") == {"R18": tuple(sorted(lines))}


LOADED = """
import importlib
import pkgutil

importlib.import_module("._" + "errors", "pi_" + "host")
pkgutil.resolve_name("pi_sample_" + "base._inner.SECRET")
pkgutil.resolve_name("pi_sample_base." + "greet")
"""


def test_names_that_are_put_together_are_seen_when_they_are_loaded(repository: Repository) -> None:
    repository.append(INIT, LOADED)
    lines = (f"pi_sample imports by name: {INNER}", f"pi_sample imports by name: {HOST}")
    assert _failed(repository, "pi-sample", "R17", "R18") == {"R18": lines}


def test_a_module_that_cannot_be_parsed_is_told_with_its_line(repository: Repository) -> None:
    repository.write(f"{FOLDER}/_torn.py", "GOOD = 1\nBAD = (\n")
    failed = _failed(repository, "pi-sample", "R18")
    assert list(failed) == ["R18"]
    (line,) = failed["R18"]
    assert line.startswith("pi_sample/_torn.py:2: Python 3.")


EFFECTS = """
import contextlib
import os
import signal
import socket
import sqlite3
import sys
import threading

print("loaded")
os.write(2, b"warned\\nagain\\n")
sqlite3.connect(":memory:").close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    datagrams.sendto(b"x", ("127.0.0.1", 9))
    datagrams.sendmsg([b"x"], [], 0, ("127.0.0.1", 9))
os.chdir("/")
with contextlib.suppress(OSError):
    os.execv("/nowhere/x", ["x"])
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
sys.path.append("/nowhere")
threading.Thread(target=threading.Event().wait, name="sampler", daemon=True).start()
"""


def test_each_effect_of_an_import_has_a_line(plain: Repository) -> None:
    plain.append(BASE, EFFECTS)
    failed = _failed(plain, "pi-sample-base", "R14", "R19")
    assert {check: set(lines) for check, lines in failed.items()} == {
        "R19": {
            "importing it writes to stdout: 'loaded'",
            "importing it writes to stderr: 'warned'",
            "importing it opens a database (sqlite3.connect)",
            "importing it sends a datagram (socket.sendto)",
            "importing it sends a datagram (socket.sendmsg)",
            "importing it changes the current folder (os.chdir)",
            "importing it becomes another program (os.exec)",
            "importing it changes the handler of SIGUSR1",
            "importing it changes sys.path: '/nowhere'",
            "importing it starts the thread 'sampler'",
        }
    }


@pytest.mark.parametrize(
    ("begin", "kind"), [("async def smoke():\n    assert False", "coroutine"), ("def smoke():\n    yield", "generator")]
)
def test_a_smoke_function_that_nobody_runs_proves_nothing(repository: Repository, begin: str, kind: str) -> None:
    repository.write(BASE_SMOKE, f"{begin}\n")
    line = f"tests/smoke.py:smoke failed: it returned a {kind}; it has to be a plain function that returns nothing"
    assert _failed(repository, "pi-sample-base", "R20") == {"R20": (line,)}


def test_without_a_plugin_no_command_can_be_promised(plain: Repository) -> None:
    promised = 'import = "pi_sample_base"\npromises = { commands = ["greet"], tools = ["meet"] }'
    plain.edit("components.toml", 'import = "pi_sample_base"', promised)
    assert _failed(plain, "pi-sample-base", "R16") == {
        "R16": (
            "components.toml promises the tool 'meet', which no plugin of it offers",
            "components.toml promises the command 'greet', which no plugin of it offers",
        )
    }
