from __future__ import annotations

from typing import TYPE_CHECKING

from pi_autonomous_session_control.memory._place import locate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_whose_name_is_no_text_is_a_place_that_can_be_stored(tmp_path: Path) -> None:
    folder = tmp_path / "nu\udcff"
    folder.mkdir()
    assert locate(folder).repository == f"{tmp_path}/nu\\xff"


def test_a_folder_in_a_repository_is_that_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "src").mkdir()
    place = locate(tmp_path / "src")
    assert (place.repository, place.branch) == (str(tmp_path), "main")
