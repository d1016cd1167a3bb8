"""What a run can be told, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias, TypedDict

import msgspec

from pi_session_persistence._errors import BusyError, PersistenceError
from pi_session_persistence.fsck import Finding
from pi_session_persistence.registry import Record, Registry
from pi_session_persistence.repair import Repair

__all__ = ["Busy", "Courier", "CwdPolicy", "Mode", "Options", "Result", "Settings", "check_args", "check_prompt"]

Mode: TypeAlias = Literal["text", "json", "rpc"]
CwdPolicy: TypeAlias = Literal["error", "header", "rewrite", "fork"]
Busy: TypeAlias = Literal["wait", "fail", "fork", "steer"]

#: Words by which pi would choose another session, another mode or another prompt.
_OURS: Final = frozenset(
    {"--session", "--no-session", "--session-id", "--session-dir", "--fork", "--continue", "-c", "--resume", "-r"}
    | {"--mode", "--print", "-p", "--export", "--help", "-h", "--version", "-v", "--list-models", "--"}
)


class Courier(Protocol):
    """Brings a session file from where it is kept and takes it back; both happen while the session is locked."""

    async def fetch(self, record: Record) -> None:
        """Put the newest state of the session into ``record.pi_file``, before anything is looked at.

        Who replaces the file sets the record's checkpoint to ``None`` first.
        """

    async def deliver(self, record: Record) -> None:
        """Take the session as it is now; called after each run, failed ones included.

        What it raises becomes an ``UndeliveredError``; if the run itself has failed, a note to that error.
        """


class Settings(TypedDict, total=False):
    """What a run can be told beside the id and the prompt.

    Attributes:
        mode: how pi runs: ``"text"`` (the default) and ``"json"`` run it once; ``"rpc"`` also takes what others give
            to this run while it lasts (``busy="steer"``).
        registry: the external ids, by default those of ``PI_SESSION_HOME`` and ``PI_SESSION_COMPAT``.
        cwd: where the tools run, by default where the session did so far; a new one begins in the current folder.
        cwd_policy: what to do when ``cwd`` is not the session's: ``"error"`` (the default), ``"header"`` to stay where
            the session was, ``"rewrite"`` to move the session, ``"fork"`` to go on in a new file.
        busy: what to do when somebody else has the session: ``"wait"`` (the default), ``"fail"``, ``"fork"`` to run on
            a copy under a new external id, ``"steer"`` to give the prompt to the run that has it.
        wait_s: how long to wait for the session, in seconds; for ever by default.
        timeout_s: how long pi may take, in seconds; for ever by default.
        pi: path or name of pi, by default ``PI_HOST_PI``, ``pi`` on the path, or the one that pi-testkit brings.
        args: further words for pi's command line.
        env: pi's environment, by default ours; what an outer pi said about its own session is left out.
        plugins: ``True`` runs pi with the installed Python plugins, names add others.
        on_event: is called with each record that pi writes in mode ``"json"`` or ``"rpc"``.
        on_wait: is called once if the session is in use and waited for, with what says by whom.
        courier: fetches the file before the run and delivers it after.
    """

    mode: Mode
    registry: Registry
    cwd: str | Path | None
    cwd_policy: CwdPolicy
    busy: Busy
    wait_s: float | None
    timeout_s: float | None
    pi: str | None
    args: Sequence[str]
    env: Mapping[str, str] | None
    plugins: bool | Sequence[str]
    on_event: Callable[[dict[str, Any]], None] | None
    on_wait: Callable[[BusyError], None] | None
    courier: Courier | None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`Settings` with their defaults."""

    registry: Registry
    mode: Mode = "text"
    cwd: str | Path | None = None
    cwd_policy: CwdPolicy = "error"
    busy: Busy = "wait"
    wait_s: float | None = None
    timeout_s: float | None = None
    pi: str | None = None
    args: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    plugins: bool | Sequence[str] = False
    on_event: Callable[[dict[str, Any]], None] | None = None
    on_wait: Callable[[BusyError], None] | None = None
    courier: Courier | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run.

    Attributes:
        external_id: the session that went on: the one asked for, or the fork that was made of it.
        text: what the model said last; empty if nothing was asked of it.
        steered: whether another run, which has the session, took the prompt; what follows is its own then.
        findings: what was odd about the file before the run.
        repair: what was done about it; ``None`` if nothing had to be.
        stderr: the end of what pi wrote there.
        pi_file: the session file.
        pi_session_id: pi's own id of the session.
        pi_version: version of the pi that ran.
    """

    external_id: str
    text: str
    steered: bool = False
    findings: list[Finding] = []
    repair: Repair | None = None
    stderr: str = ""
    pi_file: Path
    pi_session_id: str | None = None
    pi_version: str | None = None


def check_args(args: Sequence[str]) -> None:
    """Refuse words for pi that would take the session or the prompt out of our hands.

    Raises:
        PersistenceError: there is one.
    """
    for word in args:
        if word.partition("=")[0] in _OURS:
            raise PersistenceError(f"{word!r} is not for a run on an external id: it chooses session, mode and prompt")


def check_prompt(prompt: str) -> None:
    """Refuse what can't be said.

    Raises:
        PersistenceError: it is blank, or no proper text.
    """
    if not prompt.strip():
        raise PersistenceError("the prompt is blank; say something")
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        raise PersistenceError(f"the prompt has half a character at {error.start}; decode it properly") from error
