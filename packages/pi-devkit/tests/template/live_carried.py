"""The template is a link in the tree; what people install has its files.

``uvx nox -s template`` runs this: it is not collected unless it is named.
"""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from live_support import build
from template_support import TEMPLATE, files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist from the tree, and the wheel from that."""
    return build(tmp_path_factory.mktemp("built"), "pi-devkit")


def _template() -> dict[str, bytes]:
    return {name: (TEMPLATE / name).read_bytes() for name in files(TEMPLATE)}


def test_the_wheel_has_the_whole_template(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        head = "pi_devkit/template/"
        there = {name.removeprefix(head): archive.read(name) for name in archive.namelist() if name.startswith(head)}
    assert there == _template()


def test_the_sdist_has_the_whole_template(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    there = {}
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            _, found, name = member.name.partition("/src/pi_devkit/template/")
            data = archive.extractfile(member) if member.isfile() else None
            if found and data is not None:
                there[name] = data.read()
    assert there == _template()
