from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pi_testkit.pis import PI_VERSIONS, ProvisionError, UnknownVersionError, cache_dir, find, provision

if TYPE_CHECKING:
    from pathlib import Path

NEWEST = PI_VERSIONS[0]

AUDITED = """
import sys
started = []
sys.addaudithook(lambda name, args: started.append(args[0]) if name in {"subprocess.Popen", "os.fork"} else None)
from pi_testkit.pis import provision
provision()
assert not started, started
assert not {"aiohttp", "pytest", "filelock", "rich", "subprocess"} & set(sys.modules)
"""

FETCH = "from pi_testkit.pis import provision; print(provision(progress=lambda line: print('::', line)).cli)"


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    cache = tmp_path / "cache"
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(cache))
    return cache


@pytest.fixture
def unreachable_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")


@pytest.mark.parametrize("version", PI_VERSIONS)
def test_a_provisioned_pi_says_its_version(version: str) -> None:
    done = subprocess.run([*provision(version).argv, "--version"], capture_output=True, text=True, check=True)
    assert (done.stdout or done.stderr).strip() == version  # 0.74.2 says it on stderr


def test_a_second_call_takes_less_than_10_ms() -> None:
    provision()

    def timed() -> float:
        start = time.perf_counter()
        provision()
        return time.perf_counter() - start

    assert min(timed() for _ in range(3)) < 0.01


def test_a_second_call_starts_no_process_and_imports_nothing_heavy() -> None:
    provision()
    subprocess.run([sys.executable, "-c", AUDITED], check=True)


def test_two_processes_at_once_fetch_once(empty_cache: Path) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", FETCH], stdout=subprocess.PIPE, text=True, env=os.environ.copy())
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=50)[0].splitlines() for process in both]
    assert outputs[0][-1] == outputs[1][-1]
    assert sum(line == f":: fetching pi {NEWEST}" for output in outputs for line in output) == 1
    assert [path.name for path in empty_cache.iterdir() if path.is_dir()] == [provision().root.name]


def test_a_damaged_install_is_replaced(empty_cache: Path) -> None:
    good = provision()
    good.cli.unlink()
    assert find() is None
    assert provision().cli.is_file()
    assert good.root.parent == empty_cache


def test_what_a_killed_process_left_half_made_is_never_used_and_goes_away(empty_cache: Path) -> None:
    fetching = subprocess.Popen([sys.executable, "-u", "-c", FETCH], stdout=subprocess.PIPE, text=True)
    with fetching:
        assert fetching.stdout is not None
        while "fetching" not in fetching.stdout.readline():
            pass
        deadline = time.monotonic() + 10
        while not list(empty_cache.glob(".*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        fetching.kill()
    assert list(empty_cache.glob(".*"))
    assert find() is None
    provision()
    assert not list(empty_cache.glob(".*"))


@pytest.mark.usefixtures("unreachable_registry")
@pytest.mark.parametrize("version", [NEWEST, PI_VERSIONS[-1]])
def test_without_network_the_error_says_what_to_do_and_nothing_is_left(empty_cache: Path, version: str) -> None:
    with pytest.raises(ProvisionError, match=r"npm ping.*pi-testkit fetch(?s:.*)ECONNREFUSED"):
        provision(version)
    assert not [path for path in empty_cache.iterdir() if path.is_dir()]


def test_a_cache_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(file / "cache"))
    with pytest.raises(ProvisionError, match=r"cannot write to the cache '.*/file/cache'.*PI_TESTKIT_CACHE"):
        provision()


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownVersionError, match=r"'9\.9\.9'.*1\.5\.2, 0\.87\.1, 0\.74\.2"):
        provision("9.9.9")


def test_the_cache_is_the_users_own_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PI_TESTKIT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir().name == "pi-testkit"


@pytest.mark.parametrize("version", PI_VERSIONS[1:])
def test_every_package_in_a_lock_is_pinned_by_integrity_and_names_no_host(version: str) -> None:
    from pi_testkit.pis._catalog import recipe  # noqa: PLC0415 - private on purpose, for this test only

    lock = recipe(version).lock
    assert lock is not None
    packages = json.loads(lock.read_bytes())["packages"]
    locked = [entry for name, entry in packages.items() if name]
    assert len(locked) > 100
    assert all(entry["integrity"].startswith("sha512-") for entry in locked)
    assert not any("resolved" in entry for entry in locked)
