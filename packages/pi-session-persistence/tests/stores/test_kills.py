"""Stopped before any touch of a file system, by whatever is written there: there is never less, and it goes on."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale
from store_machines import Machine, in_store, killed_at, said

from pi_session_persistence.stores import DirectoryStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_session_persistence.stores import Way


class Stage:
    """Two machines and a store in a directory, put back to the same state again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begin()

    def begin(self) -> None:
        self.store = DirectoryStore.create(self.folder / "store")
        self.one, self.two = (Machine(self.folder / name, self.store) for name in ("one", "two"))

    def keep(self) -> None:
        shutil.copytree(self.folder, self.folder.with_name("kept"), symlinks=True)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder.with_name("kept"), self.folder, symlinks=True)


def new(stage: Stage) -> None:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    stage.two.write(tale.data)


def more_here(stage: Stage) -> None:
    new(stage)
    stage.two.do("push")
    stage.two.say("more", "x")


def more_there(stage: Stage) -> None:
    new(stage)
    stage.two.do("push")
    stage.one.do("pull")
    stage.one.say("more", "x")
    stage.one.do("push")


def moved(stage: Stage) -> None:
    new(stage)
    stage.two.do("push")
    stage.two.write(stage.two.data.replace(b"/work/proj", b"/elsewhere"))


def conflict(stage: Stage) -> None:
    more_there(stage)
    stage.two.say("meanwhile", "y")


def set_aside(stage: Stage) -> None:
    more_there(stage)
    (head,) = stage.store.folder.rglob("head.json")
    kept, before = head.read_bytes(), stage.one.data
    stage.one.say("lost and found", "y")
    stage.one.do("push")
    stage.one.write(before)
    head.rename(head.with_name("head (conflicted copy).json"))
    head.write_bytes(kept)


@pytest.mark.parametrize(
    ("prepare", "way"),
    [
        (new, "push"),
        (more_here, "push"),
        (moved, "push"),
        (more_there, "pull"),
        (conflict, "sync"),
        (set_aside, "sync"),
    ],
)
def test_killed_anywhere_nothing_is_lost_and_the_next_sync_converges(
    tmp_path: Path, prepare: Callable[[Stage], None], way: Way
) -> None:
    (tmp_path / "stage").mkdir()
    stage = Stage(tmp_path / "stage")
    prepare(stage)
    before = stage.two.data
    expected = said(before, *in_store(stage.store))
    stage.keep()
    # A prime leaves no touch out for ever; the stress test takes each one.
    number, step = 1, int(os.environ.get("PI_SESSION_KILL_STEP", "13"))
    while killed_at(number, stage.folder / "two", stage.store.folder, way):
        left = stage.two.data
        assert left == before or left in set(in_store(stage.store))
        assert expected <= said(*stage.one.sessions.values(), *stage.two.sessions.values(), *in_store(stage.store))
        for machine in (stage.two, stage.one, stage.two):
            machine.sync_all()
        assert stage.one.sessions == stage.two.sessions
        assert expected <= said(*stage.one.sessions.values())
        stage.put_back()
        number += step
    assert number > 10
