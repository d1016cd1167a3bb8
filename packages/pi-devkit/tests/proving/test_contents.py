from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.proving import SUMS, given, sdist_files, wheel_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(("read", "name"), [(wheel_files, "x.whl"), (sdist_files, "x.tar.gz")])
def test_a_damaged_file_is_told_by_its_name(tmp_path: Path, read: Callable[[Path], object], name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(DevkitError, match=f"{name} is damaged: .*; build it anew"):
        read(tmp_path / name)


def test_a_file_that_is_not_the_one_that_was_handed_over_is_refused(tmp_path: Path) -> None:
    for name in ("x-1.whl", "x-1.tar.gz"):
        (tmp_path / name).write_bytes(b"as it was proved")
    (tmp_path / SUMS).write_text(given(tmp_path).sums())
    assert given(tmp_path).wheel.name == "x-1.whl"
    (tmp_path / "x-1.tar.gz").write_bytes(b"as somebody wants it")
    with pytest.raises(DevkitError, match="is not of the files beside it, so one was changed; build them anew"):
        given(tmp_path)


def test_files_of_two_versions_are_refused(tmp_path: Path) -> None:
    for name in ("x-1.whl", "x-2.whl", "x-1.tar.gz"):
        (tmp_path / name).touch()
    with pytest.raises(DevkitError, match=r"has to have one \*\.whl and has x-1\.whl, x-2\.whl"):
        given(tmp_path)
