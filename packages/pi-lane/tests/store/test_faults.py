"""Disks that are full, folders that may not be written, files of another user: told, and never a wrong owner."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from lane_places import another_user, small_disk, writable_by_all
from lane_scenes import paths_in, soon, terminal

from pi_lane._errors import DiskFullError, ForeignOwnerError, RootNotWritableError, StoreError
from pi_lane.lease import LeaseLostError
from pi_lane.store import FileStore, Liveness
from pi_lane.store._faults import faults, private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane._errors import LaneError


def fill(folder: Path) -> Path:
    """Use up the space of a small disk; return the file that does."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    assert os.statvfs(folder).f_bavail == 0
    return path


def test_l_x13_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    async def scene() -> None:
        paths = paths_in(tmp_path)
        async with terminal(paths, "a") as a:
            await a.create("e0")
            lease = await a.acquire("run")
            filler = fill(tmp_path)
            with pytest.raises(DiskFullError, match=r"no space .* \(No space left on device\): free some"):
                await lease.move_head("e1", expected="e0")
            assert (await a.view()).state.head == "e0"
            await lease.verify()
            filler.unlink()
            await lease.move_head("e1", expected="e0")
            assert not [path for path in paths.register_log("main").iterdir() if path.name.startswith(".")]

    with small_disk(tmp_path):
        asyncio.run(scene())


def test_a_lease_that_could_not_be_given_back_for_want_of_space_is_given_back_when_there_is_some(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        paths = paths_in(tmp_path)
        errors: list[LaneError] = []
        async with terminal(paths, "a", on_error=errors.append) as a, terminal(paths, "b") as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            filler = fill(tmp_path)
            with pytest.raises(DiskFullError):
                await lease.release()
            with pytest.raises(LeaseLostError):
                await lease.move_head("late", expected=None)
            await soon(lambda: errors)
            assert not wait.done()
            filler.unlink()
            async with asyncio.timeout(5):
                assert (await wait).epoch > lease.epoch

    with small_disk(tmp_path):
        asyncio.run(scene())


def test_a_terminal_that_starts_on_a_full_disk_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        fill(tmp_path)
        with pytest.raises(DiskFullError):
            async with terminal(paths_in(tmp_path), "a"):
                pass

    with small_disk(tmp_path, "nr_inodes=3"):
        asyncio.run(scene())


def test_a_limit_on_the_size_of_files_is_a_full_disk_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with terminal(paths_in(tmp_path), "a") as a:
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
            try:
                with pytest.raises(DiskFullError):
                    await a.acquire("run")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
                signal.signal(signal.SIGXFSZ, handler)
            async with asyncio.timeout(5):
                await a.acquire("run")

    asyncio.run(scene())


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(RootNotWritableError, match=r"\(Read-only file system\): make it readable and writable"):
            async with terminal(paths_in(tmp_path), "a"):
                pass

    with small_disk(tmp_path, "ro"):
        asyncio.run(scene())


def test_a_root_that_this_user_may_not_write_is_told() -> None:
    async def scene(folder: Path) -> None:
        with pytest.raises(RootNotWritableError, match="or set PI_LANE_ROOT"):
            async with terminal(paths_in(folder), "a"):
                pass

    with writable_by_all() as folder, another_user():
        mine = folder / "mine"
        mine.mkdir(mode=0o500)
        asyncio.run(scene(mine))


def test_a_root_of_another_user_is_told_with_whose_it_is() -> None:
    async def scene(folder: Path) -> None:
        with pytest.raises(ForeignOwnerError, match="belongs to the user with id 0 and is closed to this one") as told:
            async with terminal(paths_in(folder), "a"):
                pass
        assert told.value.uid == 0

    with writable_by_all() as folder:
        folder.chmod(0o755)
        with another_user():
            asyncio.run(scene(folder))


def test_a_lane_that_another_user_wrote_is_told_and_not_taken() -> None:
    async def write(folder: Path) -> None:
        async with terminal(paths_in(folder), "a") as a:
            await a.create("e0")

    async def read(folder: Path) -> None:
        with pytest.raises(ForeignOwnerError) as told:
            async with terminal(paths_in(folder), "b"):
                pass
        assert told.value.uid == 0

    with writable_by_all() as folder:
        asyncio.run(write(folder))
        for path in (folder / "root", *(folder / "root").rglob("*")):
            if path.is_dir():
                path.chmod(0o777)
        with another_user():
            asyncio.run(read(folder))


def test_an_instance_of_another_user_is_not_taken_for_dead() -> None:
    async def scene(folder: Path) -> None:
        paths = paths_in(folder)
        async with FileStore(paths, "a") as mine:
            paths.instances.chmod(0o777)
            (folder / "root").chmod(0o777)
            with another_user(), pytest.raises(ForeignOwnerError):
                await FileStore(paths, "b").alive("a")
            assert await mine.alive("a") is Liveness.ALIVE

    with writable_by_all() as folder:
        (folder / "root" / "sessions").mkdir(parents=True)
        asyncio.run(scene(folder))


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (errno.EDQUOT, DiskFullError, "free some"),
        (errno.ENOLCK, StoreError, "No locks available"),
        (errno.EIO, StoreError, "set PI_LANE_ROOT"),
        (errno.EROFS, RootNotWritableError, "or set PI_LANE_ROOT"),
    ],
)
def test_whatever_goes_wrong_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, number: int, kind: type[StoreError], says: str
) -> None:
    with pytest.raises(kind, match=says) as told, faults(tmp_path / "x"):
        raise OSError(number, os.strerror(number))
    assert type(told.value) is kind
    assert told.value.path == tmp_path / "x"
    assert str(tmp_path / "x") in str(told.value)


def test_folders_are_made_for_their_owner_only_and_those_that_exist_are_left_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_folder(tmp_path / "a" / "b")
    private_folder(tmp_path / "a" / "b")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [
        0o755,
        0o700,
        0o700,
    ]
