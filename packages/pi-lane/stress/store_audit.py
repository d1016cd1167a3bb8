"""What happened to a lane, by its versions and the processes' journal, and what of it must not have happened."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from pi_lane import formats

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane.runtime import SessionPaths

__all__ = ["Audit", "audit"]


class Audit(msgspec.Struct):
    """The figures of a run; every string in ``violations`` is a defect."""

    versions: int = 0
    moves: int = 0
    grants: int = 0
    takeovers_dead: int = 0
    takeovers_paused: int = 0
    refused: int = 0
    killed_owners: int = 0
    recovery_median_ms: float = 0.0
    recovery_max_ms: float = 0.0
    handover_median_ms: float = 0.0
    wait_median_ms: float = 0.0
    wait_p99_ms: float = 0.0
    violations: list[str] = msgspec.field(default_factory=list)


def audit(paths: SessionPaths, journal: Path, *, ended: bool) -> Audit:
    """Go through a run.

    Args:
        paths: where the lane is.
        journal: what the processes wrote.
        ended: whether all processes ended in order, so that nothing may be left.
    """
    report = Audit()
    nothing = {"v": 0, "nonce": "", "leaseEpoch": 0, "owner": None, "queue": [], "head": None, "reason": ""}
    # The moments of files are the wall clock's, those of the journal the monotonic clock's.
    offset_s = time.time() - time.monotonic()
    versions = [nothing] + [
        {"madeAt": folder.stat().st_mtime - offset_s, **json.loads((folder / "state.json").read_text())}
        for folder in sorted(paths.register_log("main").iterdir())
        if not folder.name.startswith(".")
    ]
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    _check_versions(versions, report)
    _check_journal(lines, versions, report)
    _recoveries(lines, versions, report)
    if ended:
        killed = {line["victim"] for line in lines if line["what"] == "kill"}
        _check_end(versions[-1], killed, paths, report)
    return report


def _check_versions(versions: list[dict[str, Any]], report: Audit) -> None:
    owners: dict[int, str] = {}
    report.versions = len(versions) - 1
    for before, after in pairwise(versions):
        at = f"version {after['v']}"
        if after["v"] != before["v"] + 1 or after["prevNonce"] != before["nonce"]:
            report.violations.append(f"{at} does not follow the one before it")
        if after["leaseEpoch"] < before["leaseEpoch"]:
            report.violations.append(f"{at}: the epoch went back")
        owner, owned = after["owner"], before["owner"]
        if owner and (not owned or after["leaseEpoch"] != before["leaseEpoch"]):
            report.grants += 1
            if after["leaseEpoch"] in owners or after["leaseEpoch"] <= before["leaseEpoch"]:
                report.violations.append(f"{at}: epoch {after['leaseEpoch']} has two owners")
            owners[after["leaseEpoch"]] = owner["instanceId"]
            report.takeovers_dead += "which was dead" in after["reason"]
            report.takeovers_paused += "which was paused" in after["reason"]
        if after["head"] != before["head"]:
            report.moves += 1
            mover = str(after["head"]).split(":")[0]
            if not owned or owned["instanceId"] != mover or owners.get(before["leaseEpoch"]) != mover:
                report.violations.append(f"{at}: the head was moved by {mover}, who did not own the lane")


def _check_journal(lines: list[dict[str, Any]], versions: list[dict[str, Any]], report: Audit) -> None:
    heads = [version["head"] for version in versions]
    by_epoch: dict[int, set[str]] = defaultdict(set)
    waits = []
    gave_at: float | None = None
    handovers = []
    for line in sorted(lines, key=lambda line: line["at"]):
        if line["what"] == "got":
            by_epoch[line["epoch"]].add(line["id"])
            waits.append(line["waited_s"] * 1e3)
            if gave_at is not None:
                handovers.append((line["at"] - gave_at) * 1e3)
        gave_at = line["at"] if line["what"] == "moved" else gave_at if line["what"] == "gave" else None
        report.refused += line["what"] == "refused"
    moved = [line["head"] for line in lines if line["what"] == "moved"]
    if lost := [head for head in moved if head not in heads]:
        report.violations.append(f"{len(lost)} moves that were confirmed are not in the lane's history")
    for epoch, ids in by_epoch.items():
        if len(ids) > 1:
            report.violations.append(f"epoch {epoch} was given to {len(ids)} processes")
    waits.sort()
    report.wait_median_ms = median(waits) if waits else 0.0
    report.wait_p99_ms = waits[int(len(waits) * 0.99)] if waits else 0.0
    report.handover_median_ms = median(handovers) if handovers else 0.0


def _recoveries(lines: list[dict[str, Any]], versions: list[dict[str, Any]], report: Audit) -> None:
    """Measure from each SIGKILL of an owner to the version that takes the lane from it."""
    killed_at = {line["victim"]: line["at"] for line in lines if line["what"] == "kill"}
    times = [
        (after["madeAt"] - killed_at[before["owner"]["pid"]]) * 1e3
        for before, after in pairwise(versions)
        if "which was dead" in after["reason"] and before["owner"]["pid"] in killed_at
    ]
    report.killed_owners = len(times)
    report.recovery_median_ms = median(times) if times else 0.0
    report.recovery_max_ms = max(times, default=0.0)


def _check_end(last: dict[str, Any], killed: set[int], paths: SessionPaths, report: Audit) -> None:
    # A killed one stays in line until somebody passes it over.
    left = [entry["pid"] for entry in (last["owner"], *last["queue"]) if entry and entry["pid"] not in killed]
    if left:
        report.violations.append(f"when all had ended, {left} owned the lane or waited for it")
    shown = formats.read(paths.lock_owner("main"), formats.LeaseOwner)
    if shown and shown.pid not in killed:
        report.violations.append(f"when all had ended, other tools still saw process {shown.pid} own the lane")
