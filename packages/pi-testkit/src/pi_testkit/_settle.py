"""When is pi done with a prompt? Since 0.80.4 it says so; older ones have to be watched."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pi_testkit.rpc import RpcPi

__all__ = ["announces", "started", "wait_until_settled"]

_ANNOUNCES_SINCE = (0, 80, 4)
_STEP_SECONDS = 0.02

#: So long extensions may take to hear of the end of a run that failed, before pi says that it tries again.
_RETRY_SECONDS = 1.5


def announces(version: str) -> bool:
    """Whether a pi sends ``agent_settled``.

    Args:
        version: its version.

    Returns:
        Whether it does.
    """
    return tuple(map(int, version.split("."))) >= _ANNOUNCES_SINCE


def started(rpc: RpcPi, accepted: dict[str, Any], since: int, deadline: float) -> bool:
    """Whether an accepted prompt led to a run; a command of an extension, for one, does not.

    Args:
        rpc: the driver.
        accepted: what pi's response carried; from 1.x on it says what became of the prompt.
        since: number of records before the prompt.
        deadline: in seconds of :func:`time.monotonic`.

    Returns:
        Whether there is a run to wait for.
    """
    if "disposition" in accepted:
        return bool(accepted["disposition"] != "handled")
    streams = rpc.send("get_state", timeout=_left(deadline))["isStreaming"]
    return bool(streams) or any(record.get("type") == "agent_start" for record in rpc.records[since:])


def wait_until_settled(rpc: RpcPi, since: int, deadline: float, *, announced: bool) -> None:
    """Wait until pi will not go on by itself.

    Args:
        rpc: the driver.
        since: number of records before the run.
        deadline: in seconds of :func:`time.monotonic`.
        announced: whether this pi sends ``agent_settled``.

    Raises:
        PiTimeoutError: it did not settle in time.
    """
    if announced:
        rpc.wait_for("agent_settled", timeout=_left(deadline), since=since)
        return
    rpc.wait_for("agent_end", timeout=_left(deadline), since=since)
    quiet_since = time.monotonic()
    while True:
        # Whatever follows an agent_end is announced before pi reads the next command, but for a retry: pi says so when
        # every extension has heard of the end, and meanwhile it reads commands.
        state = rpc.send("get_state", timeout=_left(deadline))
        records = rpc.records[since:]
        if state["isStreaming"] or state["isCompacting"] or _goes_on(records):
            quiet_since = time.monotonic()
        elif not _failed(records) or time.monotonic() - quiet_since > _RETRY_SECONDS:
            return
        time.sleep(_STEP_SECONDS)


def _failed(records: list[dict[str, Any]]) -> bool:
    """Whether the last run ended with an error, of which pi may not have said yet whether it tries again."""
    for record in reversed(records):
        if record.get("type") == "auto_retry_end":
            return False
        if record.get("type") == "agent_end":
            messages = record.get("messages") or [{}]
            return bool(messages[-1].get("stopReason") == "error")
    return False


def _goes_on(records: list[dict[str, Any]]) -> bool:
    """Whether the last word about retries and compaction is that another run follows."""
    follows = False
    for record in records:
        match record.get("type"):
            case "auto_retry_start":
                follows = True
            case "auto_retry_end" | "agent_start":
                follows = False
            case "compaction_end":
                follows = bool(record.get("willRetry"))
            case _:
                pass
    return follows


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
