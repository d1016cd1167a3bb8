from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from pi_testkit.pis import IntegrityError
from pi_testkit.pis._steps import check, from_lock, from_tarballs, unpack

if TYPE_CHECKING:
    from pathlib import Path

WRONG = f"sha512-{'A' * 86}=="


def test_npm_refuses_a_package_that_is_not_what_the_lock_pins(tmp_path: Path) -> None:
    root = {"name": "x", "version": "0.0.0", "dependencies": {"jiti": "2.7.0"}}
    jiti = {"version": "2.7.0", "integrity": WRONG}
    lock = {**root, "lockfileVersion": 3, "requires": True, "packages": {"": root, "node_modules/jiti": jiti}}
    (tmp_path / "package.json").write_text(json.dumps(root))
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    folder = tmp_path / "into"
    folder.mkdir()
    with pytest.raises(IntegrityError, match="not what the lock file pins"):
        from_lock(tmp_path / "package-lock.json", folder)
    assert not (folder / "node_modules" / "jiti").exists()


def test_a_tarball_that_is_not_what_is_pinned_is_not_unpacked(tmp_path: Path) -> None:
    lock = tmp_path / "tarballs.json"
    lock.write_text(json.dumps({"jiti": {"version": "2.7.0", "integrity": WRONG}}))
    folder = tmp_path / "into"
    folder.mkdir()
    with pytest.raises(IntegrityError, match=r"jiti-2\.7\.0\.tgz.*wanted 'sha512-AAA.*got 'sha512-AC/7"):
        from_tarballs(lock, folder)
    assert not (folder / "node_modules").exists()


def test_the_right_digest_passes(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()
    check(file, "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==")


def test_a_tarball_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    tarball = tmp_path / "evil.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../escaped"), io.BytesIO())
    with pytest.raises(tarfile.OutsideDestinationError):
        unpack(tarball, tmp_path / "into")
    assert not (tmp_path.parent / "escaped").exists()
