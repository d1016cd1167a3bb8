"""What must hold after `chaos.py`, read from the session file, the lane's register and the model's requests."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lane_support import Audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pi_testkit import Request

__all__ = ["Hit", "Said", "Story", "judge", "takeovers"]


@dataclass
class Said:
    """A prompt that a worker gave to its terminal.

    Attributes:
        worker: its number.
        text: the prompt.
        records: all that its terminal ever wrote.
        killed: the terminal was killed meanwhile.
        stuck: why the terminal did not end the run, if it did not.
    """

    worker: int
    text: str
    records: list[dict[str, Any]]
    killed: bool = False
    stuck: str = ""


@dataclass
class Hit:
    """A signal to a terminal.

    Attributes:
        worker: whose terminal.
        who: ``"pi"`` or ``"host"``.
        kind: ``"kill"`` or ``"stop"``.
        seconds: for how long it was stopped.
        at: when, in seconds of the monotonic clock.
        wall: the same in seconds since the epoch.
        pid: process id of pi.
    """

    worker: int
    who: str
    kind: str
    seconds: float
    at: float
    wall: float
    pid: int


@dataclass
class Story:
    """What happened to one session.

    Attributes:
        file: the session file.
        log: folder of the lane's versions.
    """

    file: Path
    log: Path
    said: list[Said] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    shells: list[str] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    def states(self) -> list[dict[str, Any]]:
        """The lane's states, in order."""
        return [json.loads((version / "state.json").read_bytes()) for version in sorted(self.log.glob("0*"))]

    def entries(self) -> dict[str, dict[str, Any]]:
        """The session's entries by id."""
        records = [json.loads(line) for line in self.file.read_bytes().split(b"\n") if line.strip()]
        return {record["id"]: record for record in records if record["type"] != "session"}

    def summary(self) -> str:
        """How much happened."""
        kinds = ("kill pi", "kill host", "stop pi", "stop host")
        counted = {kind: sum(f"{hit.kind} {hit.who}" == kind for hit in self.hits) for kind in kinds}
        hits = ", ".join(f"{kind} {count}" for kind, count in counted.items())
        return f"{len(self.said)} prompts, {len(self.shells)} shell commands, {len(self.states())} versions; {hits}"


def judge(story: Story, requests: Sequence[Request]) -> list[str]:
    """Return what does not hold."""
    entries, states = story.entries(), story.states()
    line = _path(entries, states[-1]["head"])
    main = [entries[entry] for entry in line]
    prompts = [_text(entry["message"]) for entry in main if entry.get("message", {}).get("role") == "user"]
    audit = Audit.of(story.file)
    return [
        *(f"{audit.headers} headers" for _ in range(audit.headers != 1)),
        *(f"the parent of {entry} is missing" for entry in audit.orphans),
        *(f"tool call {call} is not followed by its result" for call in audit.unpaired),
        *_chain(states, entries),
        *_requests(story, requests, prompts),
        *_lost(story, entries, prompts),
    ]


def takeovers(story: Story, paused_s: float) -> Iterator[str]:
    """Describe how long a lane was kept from those who waited after its owner was killed or stopped."""
    states = story.states()
    for kind, extra in (("kill", 0.0), ("stop", paused_s)):
        waits = []
        for hit in story.hits:
            before = [state for state in states if _wall(state) <= hit.wall]
            after = [state for state in states if _wall(state) > hit.wall]
            if not before or not after or hit.kind != kind:
                continue
            owner = before[-1]["owner"]
            if owner is None or owner["pid"] != hit.pid or not before[-1]["queue"]:
                continue
            others = (state for state in after if (state["owner"] or owner)["instanceId"] != owner["instanceId"])
            taken = next(others, None)
            if taken is not None and "taken from" in taken["reason"]:
                waits.append(_wall(taken) - hit.wall - extra)
        if waits:
            yield (
                f"{len(waits)} takeovers from an owner hit by {kind}: median {statistics.median(waits):.3f} s, "
                f"max {max(waits):.3f} s{f' after the {extra:g} s it is given' if extra else ''}"
            )


def _chain(states: Sequence[dict[str, Any]], entries: dict[str, dict[str, Any]]) -> Iterator[str]:
    for before, after in itertools.pairwise(states):
        if after["prevNonce"] != before["nonce"]:
            yield f"version {after['v']} does not follow the one before it"
        if after["leaseEpoch"] < before["leaseEpoch"]:
            yield f"the epoch falls from {before['leaseEpoch']} to {after['leaseEpoch']}"
        new_owner = after["owner"] != before["owner"] and after["owner"] is not None
        if new_owner and after["leaseEpoch"] <= before["leaseEpoch"]:
            yield f"two owners in epoch {after['leaseEpoch']}"
        if after["head"] != before["head"]:
            if after["owner"] is None or after["owner"] != before["owner"]:
                yield f"the head was moved to {after['head']} by somebody who is not the owner"
            if before["head"] is not None and before["head"] not in _path(entries, after["head"]):
                yield f"head {after['head']} does not continue {before['head']}: {after['reason']}"


def _requests(story: Story, requests: Sequence[Request], prompts: Sequence[str]) -> Iterator[str]:
    known = {said.text for said in story.said} | {"the first"}
    spans = []
    for request in requests:
        texts = [text for text in request.texts("user") if text in known]
        made_it = texts[-1] in prompts
        if made_it and texts != list(prompts[: prompts.index(texts[-1]) + 1]):
            yield f"request {request.number} for {texts[-1]} does not have exactly the prompts before it"
        spans.append((request.started, _ended(story, request, texts[-1], made_it=made_it), texts[-1]))
    spans.sort()
    latest = spans[0]
    for span in spans[1:]:
        if span[0] < latest[1]:
            yield f"the request for {span[2]} began {latest[1] - span[0]:.3f} s before that for {latest[2]} ended"
        latest = max(latest, span, key=lambda each: each[1])


def _ended(story: Story, request: Request, prompt: str, *, made_it: bool) -> float:
    ended = request.finished if request.finished is not None else float("inf")
    worker = next((said.worker for said in story.said if said.text == prompt), None)
    hits = [
        hit.at
        for hit in story.hits
        if hit.worker == worker and hit.at <= ended and hit.at + hit.seconds >= request.started
    ]
    return ended if made_it or not hits else max(request.started, min(hits))


def _during(hit: Hit, started: float, ended: float) -> bool:
    return hit.at <= ended and hit.at + hit.seconds >= started


def _lost(story: Story, entries: dict[str, dict[str, Any]], prompts: Sequence[str]) -> Iterator[str]:
    yield from (f"{said.text} got stuck: {said.stuck}" for said in story.said if said.stuck)
    missed: dict[int, list[Said]] = {}
    for said in story.said:
        if said.text not in prompts and not said.killed and not said.stuck:
            missed.setdefault(id(said.records), []).append(said)
    for each in missed.values():
        notices = [record["message"] for record in each[0].records if record.get("method") == "notify"]
        about = [notice for notice in notices if "run was stopped" in notice or "was not sent" in notice]
        if len(about) < len(each):
            yield f"{[said.text for said in each]} are not on the lane, and that was told {len(about)} times: {notices}"
    messages = [entry["message"] for entry in entries.values() if entry["type"] == "message"]
    shells = {message["command"] for message in messages if message["role"] == "bashExecution"}
    names = {entry.get("name") for entry in entries.values() if entry["type"] == "session_info"}
    yield from (f"shell command {command!r} is lost" for command in story.shells if command not in shells)
    yield from (f"name {name!r} is lost" for name in story.names if name not in names)


def _path(entries: dict[str, dict[str, Any]], at: str | None) -> list[str]:
    path = []
    while at is not None and at in entries:
        path.append(at)
        at = entries[at]["parentId"]
    return path[::-1]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content", "")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _wall(state: dict[str, Any]) -> float:
    return dt.datetime.fromisoformat(state["updatedAt"]).timestamp()
