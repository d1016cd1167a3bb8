from __future__ import annotations

import io
import tarfile
import zipfile
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


def _wheel(path: Path, name: str = "x/y.py") -> bytearray:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "x = 1\n" * 100)
    return bytearray(path.read_bytes())


def _patched(data: bytearray, *patches: tuple[int, bytes]) -> bytes:
    for offset, new in patches:
        data[offset : offset + len(new)] = new
    return bytes(data)


# Where the two headers of the only file have its flags and its method.
def _headers(data: bytearray, local: int, central: int, new: bytes) -> bytes:
    return _patched(data, (local, new), (data.index(b"PK\x01\x02") + central, new))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: _patched(data, (30 + len("x/y.py"), b"\xff" * 8)),
        lambda data: _headers(data, 6, 8, b"\x01\x00"),
        lambda data: _headers(data, 8, 10, b"\x63\x00"),
    ],
    ids=["no deflate", "encrypted", "a method that nobody knows"],
)
def test_a_wheel_whose_files_can_not_be_read_is_told(tmp_path: Path, spoil: Callable[[bytearray], bytes]) -> None:
    path = tmp_path / "x.whl"
    path.write_bytes(spoil(_wheel(path)))
    with pytest.raises(DevkitError, match=r"x\.whl is damaged: .*; build it anew"):
        wheel_files(path)


@pytest.mark.parametrize("name", ["../x.py", "x/../../y.py", "/x.py"])
def test_a_wheel_with_a_file_for_somewhere_else_is_refused(tmp_path: Path, name: str) -> None:
    _wheel(tmp_path / "x.whl", name)
    with pytest.raises(DevkitError, match=f"'{name}' would be unpacked somewhere else; build it anew"):
        wheel_files(tmp_path / "x.whl")


def test_an_sdist_that_was_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    content = b"".join(b"%d\n" % number for number in range(50_000))
    member = tarfile.TarInfo("x-1/numbers.txt")
    member.size = len(content)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(member, io.BytesIO(content))
    data = bytearray(path.read_bytes())
    path.write_bytes(_patched(data, (len(data) // 2, b"\xff" * 200)))
    with pytest.raises(DevkitError, match=r"x\.tar\.gz is damaged: .*; build it anew"):
        sdist_files(path)


def test_an_sdist_with_a_link_to_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    member = tarfile.TarInfo("x-1/loop")
    member.type, member.linkname = tarfile.SYMTYPE, "loop"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(member, io.BytesIO())
    with pytest.raises(DevkitError, match=r"x\.tar\.gz is damaged: .*; build it anew"):
        sdist_files(path)


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
