from __future__ import annotations

import json
import queue
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import Tale, line

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from catalogue_support import Shelf


class Watcher:
    """A watch that is running, and the lines it writes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self._lines.put(text)

    def next(self) -> dict[str, Any]:
        return dict(json.loads(self._lines.get(timeout=30)))

    def text(self) -> str:
        return self._lines.get(timeout=30)

    def end(self) -> tuple[int, str, int]:
        """Press Ctrl+C; return exit code, errors and how many lines nobody asked for."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=30)
        assert self.process.stderr is not None
        return code, self.process.stderr.read(), self._lines.qsize()


@pytest.fixture
def started(shelf: Shelf) -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for watcher in made:
        watcher.process.kill()
        watcher.process.communicate()
    assert shelf.home.exists()


def now(tale: Tale) -> Tale:
    """Let what is said next be said now."""
    tale.now = int(time.time() * 1000)
    return tale


def watch(shelf: Shelf, started: list[Watcher], *words: str) -> Watcher:
    """Start a watch and wait until it watches."""
    watcher = Watcher(shelf.start("watch", *words))
    started.append(watcher)
    assert watcher.process.stderr is not None
    assert "Ctrl+C ends it" in watcher.process.stderr.readline()
    return watcher


def test_what_is_said_from_now_on_is_told_until_ctrl_c(shelf: Shelf, started: list[Watcher]) -> None:
    old = Tale("0199aaaa")
    old.turn("said before", "long ago")
    file = shelf.add(old)
    watcher = watch(shelf, started, "--json")
    now(old).user("pear")
    old.write(file)
    said = watcher.next()
    assert (said["session_id"], said["entry"], said["role"], said["text"]) == ("0199aaaa", "e3", "user", "pear")
    fresh = now(Tale("0199bbbb"))
    fresh.tool("it broke", error=True)
    fresh.write(shelf.sessions / "new.jsonl")
    said = watcher.next()
    assert (said["tool"], said["failed"], said["text"]) == ("bash", True, "it broke")
    assert watcher.end() == (0, "", 0)


def test_options_choose_and_a_rewritten_file_tells_nothing_again(shelf: Shelf, started: list[Watcher]) -> None:
    tale = now(Tale("0199aaaa", cwd="/srv"))
    file = tale.write(shelf.sessions / "s.jsonl")
    watcher = watch(shelf, started, "--json", "--role", "user", "--text", "pear", "--cwd", "/srv")
    now(tale).user("apple")
    tale.user("pear one")
    tale.assistant("pear two")
    other = now(Tale("0199bbbb", cwd="/other"))
    other.user("pear three")
    other.write(shelf.sessions / "other.jsonl")
    tale.write(file)
    assert watcher.next()["text"] == "pear one"
    file.write_bytes(tale.data.replace(b"apple", b"grape"))
    now(tale).user("pear four")
    file.write_bytes(tale.data.replace(b"apple", b"grape"))
    assert watcher.next()["text"] == "pear four"
    code, err, left = watcher.end()
    assert (code, left) == (0, 0)
    assert "no longer begins with what was there" in err


def test_people_get_one_line_for_each(shelf: Shelf, started: list[Watcher]) -> None:
    watcher = watch(shelf, started)
    tale = now(Tale("0199aaaa"))
    tale.tool("first\nsecond \x1b[2J", "ba\x07sh")
    tale.write(shelf.sessions / "s.jsonl")
    assert watcher.text().split("  ", 1)[1] == "0199aaaa  tool ba\\x07sh  first second \\x1b[2J\n"
    assert watcher.end()[0] == 0


def test_an_entry_without_a_time_is_told(shelf: Shelf, started: list[Watcher]) -> None:
    watcher = watch(shelf, started, "--json")
    tale = Tale("0199aaaa")
    tale.user("said long ago")
    tale.data += line({"type": "session_info", "id": "n", "parentId": "e1", "name": "x", "timestamp": "?"})
    tale.write(shelf.sessions / "s.jsonl")
    assert (watcher.next()["role"], watcher.end()) == ("name", (0, "", 0))
