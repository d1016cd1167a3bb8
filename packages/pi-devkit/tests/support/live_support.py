"""For the long tests of the template: distributions in place of the index, environments, the repository in a copy."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import urlopen

from template_support import ROOT, commit, git

from pi_devkit.proving import find_python

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["FLOOR_AND_CEILING", "build", "checkout", "devkit", "environment", "must", "serve"]

FLOOR_AND_CEILING: Final = ("3.11", "3.13")

#: What would let this checkout, or who runs the tests, into what a new user sees.
_DROPPED: Final = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_FROZEN", "PYTEST_ADDOPTS")


def environment(wheels: Path | None = None, *, python: str = "3.11", **more: str) -> dict[str, str]:
    """The environment of somebody new, who finds our distributions in a folder and not on the index.

    Args:
        wheels: that folder.
        python: the version of Python that is used.
        more: further variables.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _DROPPED and not name.startswith(("PYTEST_", "COV_"))
    }
    links = {"UV_FIND_LINKS": str(wheels)} if wheels else {}
    # First on the path: nox keeps UV_PYTHON from what it runs.
    path = f"{find_python(python).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "PATH": path} | links | more


def must(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program that has to end well, and return what it says."""
    done = subprocess.run(
        words,
        cwd=cwd,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout[-6000:]}"
    return done.stdout


def build(folder: Path, *packages: str) -> Path:
    """Build packages of this repository."""
    for package in packages:
        must("uv", "build", "--quiet", "--package", package, "--out-dir", folder, cwd=ROOT)
    return folder


def checkout(folder: Path) -> Path:
    """Copy the repository as it is, what is not committed included, and commit that."""
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    there = [name for name in names if name and os.path.lexists(ROOT / name)]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in there:
            archive.add(ROOT / name, name, recursive=False)
    packed.seek(0)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(folder, filter="tar")
    git(folder, "init", "--quiet")
    commit(folder, "as it is")
    return folder


def devkit(*words: str, cwd: Path) -> str:
    """Run pi-devkit as it is in this environment."""
    code = "from pi_devkit.cli import main; main()"
    return must(sys.executable, "-c", code, *words, cwd=cwd, env=environment())


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Run an index on this machine, which has what is in a folder and takes uploads; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"pypiserver run -i 127.0.0.1 -p {port} -P . -a . --disable-fallback --hash-algo sha256 {folder}".split()
    server = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310  # the index that was just started
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)
