"""Files that only their owner may read."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pi_host.files import private_folder, replace


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> object:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_files_and_folders_are_the_owners_alone(tmp_path: Path) -> None:
    replace(tmp_path / "a" / "b" / "file.json", [b"x"])

    assert mode(tmp_path / "a" / "b" / "file.json") == 0o600
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    assert private_folder(tmp_path) == tmp_path
    assert mode(tmp_path) == 0o755


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")

    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        replace(tmp_path / "a" / "file", [b"x"])


def test_the_new_contents_take_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)

    replace(path, [b"new"])

    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert names(tmp_path) == ["file"]


def test_a_reader_sees_the_old_or_the_new_contents_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    wholes = [bytes([letter]) * 100_000 for letter in b"abc"]
    replace(path, [wholes[0]])
    done = threading.Event()
    torn: list[bytes] = []

    def read() -> None:
        while not done.is_set():
            if (seen := path.read_bytes()) not in wholes:
                torn.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        replace(path, [wholes[number % 3]])
    done.set()
    reader.join()

    assert torn == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from pi_host.files import replace
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace(Path(sys.argv[1]), [b"new" * 1000])
except OSError:
    sys.exit(7)
"""


def test_on_a_full_disk_the_old_contents_stay_and_nothing_is_left_lying_about(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    done = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=False)

    assert done.returncode == 7, done.stderr
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_many_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    wholes = [bytes([letter]) * 10_000 for letter in b"abcdefgh"]
    threads = [threading.Thread(target=replace, args=(path, [whole])) for whole in wholes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert path.read_bytes() in wholes
    assert names(path.parent) == ["file"]


def test_drafts_of_the_killed_go_after_an_hour(tmp_path: Path) -> None:
    old, fresh = (tmp_path / f".{name}.pi-draft" for name in ("old", "fresh"))
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))

    replace(tmp_path / "file", [b"x"])

    assert sorted(names(tmp_path)) == [".fresh.pi-draft", "file"]
