"""When is pi done with a prompt? Since 0.80.4 it says so; older ones have to be watched."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pi_testkit.rpc import RpcPi

__all__ = ["announces", "started", "wait_until_settled"]

_ANNOUNCES_SINCE = (0, 80, 4)
_STEP_SECONDS = 0.02


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
    while True:
        # What follows an agent_end is announced at once; but while extensions hear of a run, pi's records may be far
        # behind its state: idle already, with a run begun in the records that has not ended there.
        state = rpc.send("get_state", timeout=_left(deadline))
        if not (state["isStreaming"] or state["isCompacting"] or _goes_on(rpc.records[since:])):
            return
        time.sleep(_STEP_SECONDS)


def _goes_on(records: list[dict[str, Any]]) -> bool:
    """Whether the last word about runs, retries and compaction is that something follows."""
    follows = False
    for record in records:
        match record.get("type"):
            case "agent_start" | "auto_retry_start":
                follows = True
            case "agent_end":
                follows = False
            case "auto_retry_end" if not record.get("success"):
                follows = False
            case "compaction_end":
                follows = bool(record.get("willRetry"))
            case _:
                pass
    return follows


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
