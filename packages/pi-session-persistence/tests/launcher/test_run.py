from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import pytest
from persistence_support import HEADER, chat, joined

from pi_host.sessionfile import read_header
from pi_session_persistence import (
    HistoryDivergedError,
    NotAFileError,
    PersistenceError,
    PiFailedError,
    RunTimeoutError,
    examine,
    is_locked,
    run_async,
)
from pi_session_persistence.launcher._settings import check_args
from pi_testkit import Call, Fail, Say

if TYPE_CHECKING:
    from pathlib import Path

    from launcher_support import Caller

NEWEST = pytest.mark.pi_versions("1.5.2")


def test_a_conversation_goes_on_in_every_mode(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"), Say("three"))
    events: list[dict[str, Any]] = []
    results = [
        caller.run("Täsk/1", "first"),
        caller.run("Täsk/1", "second", mode="json", on_event=events.append),
        caller.run("Täsk/1", "third", mode="rpc", on_event=events.append),
    ]
    assert [result.text for result in results] == ["one", "two", "three"]
    assert caller.pi.model.requests[2].texts("user") == ["first", "second", "third"]
    assert caller.history("Täsk/1") == ["first", "one", "second", "two", "third", "three"]
    assert {event["type"] for event in events} >= {"session", "agent_start", "message_end", "agent_end"}
    caller.pi.model.assert_exhausted()


@NEWEST
def test_the_caller_sees_its_own_id_and_never_pis(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    events: list[dict[str, Any]] = []
    caller.run("task", "first")
    result = caller.run("task", "second", mode="json", on_event=events.append)
    assert (result.external_id, events[0]["type"], events[0]["id"]) == ("task", "session", "task")
    assert result.pi_session_id not in (None, "task")
    assert str(result.pi_session_id) not in str(events)


@NEWEST
def test_the_record_says_where_the_session_stands(caller: Caller) -> None:
    caller.pi.model.add(Say("one"))
    result = caller.run("task", "first")
    record = caller.registry.get("task")
    assert record is not None
    assert record.checkpoint is not None
    assert record.checkpoint.size == result.pi_file.stat().st_size
    assert (record.pi_version, record.pi_session_id) == (caller.pi.version, result.pi_session_id)
    assert caller.registry.find(result.pi_file) == record
    assert not is_locked(result.pi_file)


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_everything_is_private_and_nothing_is_left_over(caller: Caller) -> None:
    caller.pi.model.add(Say("one"))
    file = caller.run("task", "first", mode="rpc").pi_file
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    header = read_header(file)
    assert header is not None
    assert header.fields.get("externalId") == (None if caller.pi.version == "0.74.2" else "task")
    assert examine(file).findings == []


@pytest.mark.parametrize("mode", ["text", "rpc"])
@NEWEST
def test_a_prompt_is_text_and_nothing_else(caller: Caller, mode: Any) -> None:
    prompts = ["--help", "@/etc/passwd", "a\n\n$HOME\u2028`id`" + "ä" * 70_000]
    caller.pi.model.add(*[Say("ok")] * len(prompts))
    for prompt in prompts:
        caller.run("task", prompt, mode=mode)
    assert caller.pi.model.requests[-1].texts("user") == prompts


@NEWEST
def test_pi_has_nothing_of_an_outer_pi_and_the_id_of_its_own(caller: Caller) -> None:
    caller.pi.model.add(Call("bash", command="env"), Say("ok"))
    outer = {"PI_SESSION_FILE": "outer", "PI_SESSION_EXTERNAL_PARENT": "outer", "PI_MODEL": "outer", "KEEP": "kept"}
    caller.run("task", "go", env=caller.env | outer)
    seen = dict(line.split("=", 1) for line in caller.pi.model.requests[1].texts("tool")[0].splitlines() if "=" in line)
    assert (seen["PI_SESSION_EXTERNAL_ID"], seen["KEEP"]) == ("task", "kept")
    assert "outer" not in seen.values()


@pytest.mark.parametrize("mode", ["text", "json", "rpc"])
@NEWEST
def test_an_error_of_the_model_is_an_error_and_says_that_the_prompt_is_kept(caller: Caller, mode: Any) -> None:
    caller.pi.model.add(Fail(400, "no such thing"), Say("ok"))
    with pytest.raises(PiFailedError, match="no such thing") as caught:
        caller.run("task", "first", mode=mode)
    assert caught.value.stored
    caller.run("task", "second", mode=mode)
    assert caller.pi.model.requests[1].texts("user") == ["first", "second"]


@pytest.mark.pi_versions("0.74.2")
def test_a_first_turn_that_the_oldest_pi_did_not_write_down_is_told(caller: Caller) -> None:
    with pytest.raises(PiFailedError, match="the prompt is not in the session") as caught:
        caller.run("task", "first", args=["--model", "no/such-model"])
    assert not caught.value.stored


@pytest.mark.parametrize("mode", ["text", "rpc"])
@NEWEST
def test_a_run_that_takes_too_long_is_ended_and_the_next_one_goes_on(caller: Caller, mode: Any) -> None:
    caller.pi.model.add(Say("late", delay=60), Say("ok"))
    with pytest.raises(RunTimeoutError) as caught:
        caller.run("task", "first", mode=mode, timeout_s=3)
    assert caught.value.stored
    assert caller.run("task", "second", mode=mode).text == "ok"
    assert caller.pi.model.requests[1].texts("user") == ["first", "second"]


@NEWEST
def test_a_cancelled_run_ends_pi_and_gives_the_session_back(caller: Caller) -> None:
    caller.pi.model.add(Say("late", delay=60), Say("ok"))

    async def go() -> None:
        task = asyncio.create_task(
            run_async("task", "first", registry=caller.registry, env=caller.env, cwd=caller.pi.home.cwd)
        )
        await asyncio.to_thread(caller.wait_for_request, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(go())
    assert not is_locked(caller.file("task"))
    assert caller.run("task", "second").text == "ok"


@NEWEST
def test_a_damaged_file_is_repaired_before_the_run_and_that_is_told(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    file = caller.run("task", "first").pi_file
    with file.open("ab") as end:
        end.write(b'{"type":"message","id":"torn')
    result = caller.run("task", "second")
    assert [finding.code for finding in result.findings] == ["torn", "no-final-lf"]
    assert result.repair is not None
    assert result.repair.salvage is not None
    assert result.repair.salvage.read_bytes() == b'{"type":"message","id":"torn'
    assert caller.pi.model.requests[1].texts("user") == ["first", "second"]


@NEWEST
def test_a_file_of_an_old_version_is_upgraded_before_pi_does_it(caller: Caller) -> None:
    caller.pi.model.add(Say("ok"))
    file = caller.file("task")
    rows = [{key: value for key, value in row.items() if key not in ("id", "parentId")} for row in chat(2)]
    header = {key: value for key, value in HEADER.items() if key != "version"} | {"cwd": str(caller.pi.home.cwd)}
    file.write_bytes(joined([header, *rows]))
    result = caller.run("task", "new")
    assert result.repair is not None
    assert [action.code for action in result.repair.actions] == ["old-version"]
    assert caller.pi.model.requests[0].texts("user") == ["q1", "q2", "new"]


@NEWEST
def test_a_file_that_is_gone_is_told_and_forgetting_begins_anew(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    file = caller.run("task", "first").pi_file
    file.rename(file.with_suffix(".moved"))
    with pytest.raises(HistoryDivergedError, match="is gone"):
        caller.run("task", "second")
    caller.registry.forget("task")
    caller.run("task", "second")
    assert caller.pi.model.requests[1].texts("user") == ["second"]


@NEWEST
def test_a_file_that_lost_its_end_is_told(caller: Caller) -> None:
    caller.pi.model.add(Say("one"))
    file = caller.run("task", "first").pi_file
    whole = file.read_bytes()
    for less in (whole[: whole.rindex(b"\n", 0, -1) + 1], whole[:-40], b""):
        file.write_bytes(less)
        with pytest.raises(HistoryDivergedError, match="is shorter"):
            caller.run("task", "second")
        assert file.read_bytes() == less


@NEWEST
def test_a_file_that_somebody_rewrote_is_told(caller: Caller) -> None:
    caller.pi.model.add(Say("one"))
    file = caller.run("task", "first").pi_file
    file.write_bytes(file.read_bytes().replace(b"first", b"fir5t"))
    with pytest.raises(HistoryDivergedError, match="something rewrote it"):
        caller.run("task", "second")


@NEWEST
def test_somebody_who_writes_to_the_file_meanwhile_is_noticed(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("two"))
    file = caller.run("task", "first").pi_file
    with pytest.raises(HistoryDivergedError, match="does not go on from"):
        caller.run("task", "second", args=["-e", str(_last_word(caller, file))])


def _last_word(caller: Caller, file: Path) -> Path:
    """An extension that, like a second pi, appends to another branch after everything else."""
    script = caller.pi.home.root / "last-word.js"
    entry = '{"type":"custom","id":"last","parentId":null,"timestamp":"2026","customType":"x"}'
    script.write_text(
        'import { appendFileSync } from "node:fs";\n'
        f"export default (pi) => pi.on('session_shutdown', () => appendFileSync({str(file)!r}, '{entry}\\n'));\n"
    )
    return script


@NEWEST
def test_what_is_no_session_is_neither_run_nor_touched(caller: Caller, tmp_path: Path) -> None:
    file = caller.file("task")
    file.write_bytes(b"Dear diary\n")
    with pytest.raises(PersistenceError, match="can't be repaired"):
        caller.run("task", "hi")
    assert file.read_bytes() == b"Dear diary\n"
    file.unlink()
    for place in ("link", "folder", "fifo"):
        if place == "link":
            file.symlink_to(tmp_path / "elsewhere")
        elif place == "folder":
            file.mkdir()
        else:
            os.mkfifo(file)
        with pytest.raises(NotAFileError):
            caller.run("task", "hi")
        file.rmdir() if place == "folder" else file.unlink()
    assert not (tmp_path / "elsewhere").exists()
    assert caller.pi.model.requests == []


@NEWEST
def test_an_empty_file_is_a_new_session(caller: Caller) -> None:
    caller.pi.model.add(Say("ok"))
    caller.file("task").touch()
    caller.run("task", "hi")
    assert caller.history("task") == ["hi", "ok"]


@pytest.mark.pi_versions("0.74.2")
def test_the_oldest_pi_gets_no_empty_file_for_it_would_write_two_headers(caller: Caller) -> None:
    caller.pi.model.add(Say("ok"))
    caller.file("task").touch()
    caller.run("task", "hi")
    assert examine(caller.file("task")).findings == []


@NEWEST
def test_a_courier_brings_the_file_and_takes_it_back_while_it_is_locked(caller: Caller) -> None:
    seen: list[tuple[str, bool, int]] = []

    class Spy:
        async def fetch(self, record: Any) -> None:
            seen.append(("fetch", is_locked(record.pi_file), 0))

        async def deliver(self, record: Any) -> None:
            seen.append(("deliver", is_locked(record.pi_file), record.checkpoint.size))

    caller.pi.model.add(Say("ok"), Fail(400))
    size = caller.run("task", "hi", courier=Spy()).pi_file.stat().st_size
    with pytest.raises(PiFailedError):
        caller.run("task", "hi", courier=Spy())
    assert seen[:2] == [("fetch", True, 0), ("deliver", True, size)]
    assert [word for word, *_ in seen] == ["fetch", "deliver"] * 2


@pytest.mark.parametrize("word", ["--session", "--session=x", "--no-session", "-c", "--fork", "--mode", "-p", "--"])
def test_words_that_choose_the_session_are_refused(word: str) -> None:
    with pytest.raises(PersistenceError, match="is not for a run"):
        check_args(["--model", "x", word])


@NEWEST
def test_no_prompt_no_pi(caller: Caller) -> None:
    for prompt, why in ((" \n", "blank"), ("a\ud800", "half a character")):
        with pytest.raises(PersistenceError, match=why):
            caller.run("task", prompt)
    with pytest.raises(PersistenceError):
        caller.run("", "hi")
    assert caller.registry.records() == []
