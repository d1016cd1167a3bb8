"""The damage matrix, with real pi: what the model sees of a damaged file, and what it sees after the repair."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

import pytest
from persistence_support import CHAT, HEADER, Row, chat, joined, message

from pi_session_persistence import examine, repair_file
from pi_testkit import PiHome, RpcError, RpcPi, Say, ScriptedModel, provision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_testkit import PiInstall

ROWS: list[Row] = [HEADER, *chat(3)]
QUESTIONS = ["q1", "q2", "q3"]
TORN = b'{"type":"message","id":"x","parentId":"a3","mess'
GLUED = CHAT + TORN + joined([message("q4", "a3", "user", "q4")])

#: What pi says when it does not take a file.
REFUSED = ["refused"]


class Damaged(NamedTuple):
    """A damaged file.

    Attributes:
        data: what is in it.
        before: the questions that the model sees when pi goes on with it, for each version if they differ; `None` where
            pi follows the parents for long until it fails, or for ever.
        after: the same after the repair.
    """

    data: bytes
    before: list[str] | dict[str, list[str]] | None
    after: list[str] = QUESTIONS


def old(before: list[str], now: list[str]) -> dict[str, list[str]]:
    """What 0.74.2 does, and what 0.87.1 and 1.5.2 do."""
    return {"0.74.2": before, "0.87.1": now, "1.5.2": now}


MATRIX = {
    "a torn tail": Damaged(CHAT + TORN, QUESTIONS),
    "an entry that 0.74.2 glued to a torn one": Damaged(GLUED, QUESTIONS, [*QUESTIONS, "q4"]),
    "no LF at the end": Damaged(CHAT[:-1], QUESTIONS),
    "NULs at the end": Damaged(CHAT + b"\0" * 512, QUESTIONS),
    "garbage between entries": Damaged(joined([*ROWS[:3], b"garbage", *ROWS[3:]]), QUESTIONS),
    "garbage in place of an entry": Damaged(joined([*ROWS[:4], b"garbage", *ROWS[5:]]), ["q3"]),
    "two entries in one line": Damaged(joined(ROWS[:5])[:-1] + joined(ROWS[5:]), []),
    "a number at the end": Damaged(joined([*ROWS, b"123"]), []),
    "a list at the end": Damaged(joined([*ROWS, b"[]"]), []),
    "an empty object at the end": Damaged(joined([*ROWS, b"{}"]), []),
    "null at the end": Damaged(joined([*ROWS, b"null"]), old(REFUSED, QUESTIONS)),
    "an orphan at the end": Damaged(joined([*ROWS, message("q4", "gone", "user", "q4")]), ["q4"], [*QUESTIONS, "q4"]),
    "its own parent": Damaged(joined([*ROWS, message("q4", "q4", "user", "q4")]), None, [*QUESTIONS, "q4"]),
    "an id that two entries have": Damaged(joined([*ROWS, ROWS[-1]]), QUESTIONS),
    "no header": Damaged(joined(ROWS[1:]), old([], REFUSED)),
    "a byte order mark": Damaged(b"\xef\xbb\xbf" + CHAT, old(QUESTIONS, REFUSED)),
    "a header in the wrong place": Damaged(joined([*ROWS[1:], HEADER]), old([], REFUSED)),
    "a message without a message": Damaged(
        joined([*ROWS, {"type": "message", "id": "x", "parentId": "a3", "timestamp": "2026"}]), REFUSED
    ),
}


class Table:
    """One pi that goes on with one file after the other.

    Attributes:
        version: of this pi.
    """

    def __init__(self, install: PiInstall, home: PiHome, model: ScriptedModel) -> None:
        self.version = install.version
        self._install = install
        self._home = home
        self._model = model
        self._rpc: RpcPi | None = None

    def seen(self, file: Path) -> list[str]:
        """Let pi go on with a file, and return the questions that the model saw before the new one."""
        rpc = self._rpc = self._rpc or RpcPi(self._install, self._home)
        count = len(self._model.requests)
        try:
            rpc.send("switch_session", sessionPath=str(file))
        except RpcError:
            return REFUSED
        rpc.prompt("new")
        (request,) = self._model.requests[count:]
        *before, last = request.texts("user")
        assert last == "new"
        return before

    def close(self) -> None:
        """End pi."""
        if self._rpc is not None:
            self._rpc.close()
        self._rpc = None


@pytest.fixture(scope="module", params=["1.5.2", "0.87.1", "0.74.2"])
def table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    with contextlib.ExitStack() as stack:
        home = PiHome(tmp_path_factory.mktemp("pi"))
        model = stack.enter_context(ScriptedModel(lambda _: Say("ok")))
        model.configure(home.agent_dir)
        made = Table(provision(request.param), home, model)
        stack.callback(made.close)
        yield made


@pytest.mark.parametrize("name", MATRIX)
def test_pi_sees_all_of_it_after_the_repair(name: str, table: Table, tmp_path: Path) -> None:
    damaged = MATRIX[name]
    file = tmp_path / "s.jsonl"
    file.write_bytes(damaged.data)
    repair_file(file, force=True)
    assert examine(file).damage == []
    assert table.seen(file) == damaged.after
    assert table.seen(file) == [*damaged.after, "new"]
    assert examine(file).damage == []


@pytest.mark.parametrize("name", [name for name, damaged in MATRIX.items() if damaged.before is not None])
def test_pi_says_nothing_of_what_it_does_not_see(name: str, table: Table, tmp_path: Path) -> None:
    damaged = MATRIX[name]
    expected = damaged.before[table.version] if isinstance(damaged.before, dict) else damaged.before
    file = tmp_path / "s.jsonl"
    file.write_bytes(damaged.data)
    assert table.seen(file) == expected


@pytest.mark.parametrize("table", ["0.74.2"], indirect=True)
@pytest.mark.parametrize("data", [CHAT[:-1], CHAT + TORN], ids=["no LF at the end", "a torn tail"])
def test_the_oldest_pi_loses_everything_with_the_second_prompt(data: bytes, table: Table, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(data)
    assert table.seen(file) == QUESTIONS
    table.close()
    assert table.seen(file) != [*QUESTIONS, "new"]
    repair_file(file, force=True)
    assert table.seen(file)[:3] == QUESTIONS
