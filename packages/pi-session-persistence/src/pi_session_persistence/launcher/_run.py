"""A run, from taking the session to giving it back."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, Unpack

from pi_host.launch import BRIDGE
from pi_session_persistence._errors import (
    HistoryDivergedError,
    PersistenceError,
    PiFailedError,
    RunTimeoutError,
    UndeliveredError,
)
from pi_session_persistence.launcher._drive import Drive, drive
from pi_session_persistence.launcher._environment import environment
from pi_session_persistence.launcher._history import Outcome, mark, outcome
from pi_session_persistence.launcher._process import Child
from pi_session_persistence.launcher._program import Program, program
from pi_session_persistence.launcher._ready import Ready, make_ready
from pi_session_persistence.launcher._settings import Options, Result, Settings, check_args, check_prompt
from pi_session_persistence.launcher._signals import Signals
from pi_session_persistence.launcher._taking import Steered, take
from pi_session_persistence.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    from pi_session_persistence.launcher._settings import Courier
    from pi_session_persistence.registry import Record

__all__ = ["run", "run_async"]


def run(external_id: str, prompt: str, **settings: Unpack[Settings]) -> Result:
    """Give pi a prompt in the session of an external id, and wait for the end of the run.

    In the main thread, SIGINT, SIGTERM and SIGHUP go to pi first; when pi has ended and its session is in order, they
    do to this process what they would have done.

    Args:
        external_id: any text that is not blank; the same one always means the same conversation.
        prompt: the prompt; space at both ends is not kept.
        settings: see `Settings`.

    Raises:
        InvalidIdError: it is no external id.
        IdCollisionError: another id has its file.
        BusyError: somebody else has the session, and the policy is not to wait, or the wait is over.
        DamagedSessionError: the session file can't be repaired.
        WorkingDirectoryError: the folder asked for is not the session's, or is gone.
        HistoryDivergedError: the session did not go on from where it was.
        PiFailedError: pi ended with an error, or the model did.
        RunTimeoutError: pi took too long.
        UndeliveredError: the courier could not take the session away.
        PersistenceError: anything else that a person has to see to.
    """
    signals = Signals()
    try:
        return asyncio.run(_run(external_id, prompt, settings, signals))
    finally:
        signals.deliver()


async def run_async(external_id: str, prompt: str, **settings: Unpack[Settings]) -> Result:
    """Do what `run` does, in a running event loop. Signals are left alone; cancelling the task ends pi in order."""
    return await _run(external_id, prompt, settings, None)


async def _run(external_id: str, prompt: str, settings: Settings, signals: Signals | None) -> Result:
    options = Options(**{"registry": Registry.current(), **settings})  # type: ignore[arg-type]  # checked by Unpack
    check_prompt(prompt)
    check_args(options.args)
    pi = program(options.pi)
    taken = await take(external_id, prompt, options)
    if isinstance(taken, Steered):
        return Result(external_id=taken.record.external_id, text=taken.text, steered=True, pi_file=taken.record.pi_file)
    held = taken.held
    try:
        if options.courier is not None:
            await options.courier.fetch(taken.record)
        record = options.registry.claim(taken.record.external_id)
        ready = await asyncio.to_thread(make_ready, record, held, options, pi)
        held = ready.held
        done = _with(ready, prompt, options, pi, signals)
        return await (done if options.courier is None else _delivered(done, ready, options, options.courier))
    finally:
        held.release()


async def _delivered(run: Awaitable[Result], ready: Ready, options: Options, courier: Courier) -> Result:
    """Wait for a run, and have its session taken away, whatever came of it."""
    external_id = ready.record.external_id
    try:
        result = await run
    except HistoryDivergedError:
        raise
    except BaseException as failure:
        try:
            await courier.deliver(options.registry.claim(external_id))
        except (PersistenceError, OSError) as error:
            failure.add_note(str(error))
        raise
    try:
        await courier.deliver(options.registry.claim(external_id))
    except (PersistenceError, OSError) as error:
        raise UndeliveredError(result, str(error)) from error
    return result


async def _with(ready: Ready, prompt: str, options: Options, pi: Program, signals: Signals | None) -> Result:
    child = await Child.start(
        _command(ready.record.pi_file, options, pi),
        cwd=ready.cwd,
        env=environment(options, ready.record),
        lock=ready.held.fileno,
    )
    if signals is not None:
        signals.forward_to(child)
    driven, timed_out, code = Drive(None), False, 0
    try:
        async with asyncio.timeout(options.timeout_s):
            driven = await drive(child, prompt, options, pi, ready)
    except TimeoutError:
        timed_out = True
    finally:
        code = await child.end()
        if signals is not None:
            signals.stop()
        record, after = await asyncio.to_thread(_finish, ready, options, pi)
    if timed_out:
        raise RunTimeoutError(options.timeout_s or 0, stored=after.stored)
    # A command of an extension need not ask the model, and a fork may not be in its file yet.
    asked = driven.ran if driven.ran is not None else not prompt.lstrip().startswith("/")
    _judge(driven, code, child.stderr, after, asked=asked and record.pi_file == ready.record.pi_file)
    return _result(ready, record, after, child.stderr)


def _command(file: Path, options: Options, pi: Program) -> list[str]:
    modes = {"text": ["-p"], "json": ["--mode", "json"], "rpc": ["--mode", "rpc"]}
    bridge = ["-e", str(BRIDGE)] if options.plugins is not False else []
    return [*pi.argv, *modes[options.mode], "--session", str(file), *bridge, *options.args]


def _finish(ready: Ready, options: Options, pi: Program) -> tuple[Record, Outcome]:
    """Look at what the run made of the session, and write down where it stands."""
    external_id = ready.record.external_id
    after = outcome(ready.record.pi_file, ready.before)
    record = options.registry.claim(external_id)
    file = record.pi_file
    if file != ready.record.pi_file:  # pi itself went on in a fork, and the plugin told
        after = outcome(file, mark(file, None))
    changes: dict[str, Any] = {"pi_version": pi.version or None, "checkpoint": after.checkpoint}
    if after.session.header is not None:
        changes |= {"pi_session_id": after.session.header.id, "name": after.session.name}
    if after.checkpoint is not None:
        file.chmod(0o600)
        _sync(file)
    return options.registry.update(external_id, **changes), after


def _sync(file: Path) -> None:
    # pi never does.
    fileno = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fileno)
    finally:
        os.close(fileno)


def _judge(driven: Drive, code: int, stderr: str, after: Outcome, *, asked: bool) -> None:
    answer = after.answer
    if code or driven.error is not None:
        raise PiFailedError(code, stderr or driven.error or "", stored=after.stored)
    if answer is not None and answer.stop_reason in ("error", "aborted"):
        said = stderr or str(answer.data.get("errorMessage") or answer.stop_reason)
        raise PiFailedError(code, said, stored=after.stored)
    if asked and not after.stored:
        raise HistoryDivergedError(
            "pi ended without an error, but the prompt is not in the session; look at its stderr"
        )


def _result(ready: Ready, record: Record, after: Outcome, stderr: str) -> Result:
    answer = after.answer
    return Result(
        external_id=record.external_id,
        text=answer.text if answer is not None else "",
        findings=ready.findings,
        repair=ready.repair,
        stderr=stderr,
        pi_file=record.pi_file,
        pi_session_id=record.pi_session_id,
        pi_version=record.pi_version,
    )
