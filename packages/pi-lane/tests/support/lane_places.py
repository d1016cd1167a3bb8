"""Places where files cannot be kept as usual: another user's, full ones, read-only ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NOBODY", "another_user", "small_disk", "writable_by_all"]

#: A user id that owns nothing.
NOBODY = 65534


@contextmanager
def another_user() -> Iterator[None]:
    """Be another user for a while, without the rights of the superuser."""
    if os.geteuid() != 0:
        pytest.skip("only the superuser can become another user")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def writable_by_all() -> Iterator[Path]:
    """Make a folder that every user may enter and write to."""
    folder = Path(tempfile.mkdtemp(prefix="pi-lane-test-"))
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def small_disk(folder: Path, *options: str) -> Iterator[None]:
    """Mount a file system of one megabyte on ``folder``."""
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", ",".join(["size=1m", *options]), "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run([shutil.which("umount") or "umount", "--lazy", str(folder)], check=True)
