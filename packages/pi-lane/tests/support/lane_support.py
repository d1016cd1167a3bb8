"""Several real terminals on one session file, and an audit of what came of it.

The audit reads the file and the model's requests by itself, without anything of pi-lane, so it can tell on pi-lane.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pi_testkit import Pi, Request, RpcPi

__all__ = ["Audit", "answer", "await_shells", "play", "start"]


def answer(request: Request) -> Call | Say:
    """Answer a prompt with one tool call and a sentence that names the prompt."""
    prompts = request.texts("user")
    last = prompts[-1] if prompts else ""
    if request.messages[-1].get("role") == "tool":
        return Say(f"done {last}", tokens_per_second=200)
    return Call("bash", command=f"echo {last}")


def start(pi: Pi, file: Path, count: int, **options: Any) -> list[RpcPi]:
    """Start ``count`` terminals on one session file, at once."""
    terminals: list[RpcPi | None] = [None] * count

    def one(number: int) -> None:
        terminal = pi.rpc(args=["--session", str(file)], **options)
        terminal.send("get_state")  # the session has been read now
        terminals[number] = terminal

    _all(threading.Thread(target=one, args=(number,)) for number in range(count))
    return [terminal for terminal in terminals if terminal is not None]


def play(terminals: Sequence[RpcPi], prompts: int, *, extras: bool = True, timeout: float = 50) -> list[str]:
    """Let every terminal say ``prompts`` prompts at the same time as the others; return what they said.

    With ``extras``, each also renames the session and runs a shell command of the user's after each prompt.
    """
    said: list[str] = []
    errors: list[Exception] = []

    def one(number: int, terminal: RpcPi) -> None:
        try:
            for turn in range(prompts):
                text = f"t{number}p{turn}"
                said.append(text)
                terminal.prompt(text, timeout=timeout)
                if extras:
                    terminal.send("set_session_name", name=f"named by {text}", timeout=timeout)
                    terminal.send("bash", command=f"echo shell-{text}", timeout=timeout)
        except Exception as error:  # noqa: BLE001  # raised again in the test's own thread
            errors.append(error)

    _all(threading.Thread(target=one, args=(number, terminal)) for number, terminal in enumerate(terminals))
    if errors:
        raise errors[0]
    return said


def await_shells(file: Path, count: int, *, timeout: float = 10) -> None:
    """Wait until ``count`` shell commands of users are in the file: they are written when the lane is free."""
    until = time.monotonic() + timeout
    while file.read_bytes().count(b'"role":"bashExecution"') < count:
        if time.monotonic() > until:
            raise AssertionError(f"not all of {count} shell commands were written within {timeout} s")
        time.sleep(0.02)


def _all(threads: Iterable[threading.Thread]) -> None:
    running = list(threads)
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


@dataclass
class Audit:
    """What a session file and the model's requests say.

    Attributes:
        headers: number of headers in the file.
        forks: ids of entries that more than one entry follows.
        orphans: ids of entries whose parent is not in the file.
        prompts: prompts from the root to the file's last entry, in order.
        shells: shell commands of users on that line.
        names: names given to the session on that line.
        unpaired: tool calls on that line that their result does not follow before anything else is said.
        overlapping: pairs of requests that were under way at the same time.
        missing: for requests that lack earlier turns, the prompts that are missing.
    """

    headers: int
    forks: list[str]
    orphans: list[str]
    prompts: list[str]
    shells: list[str]
    names: list[str]
    unpaired: list[str]
    overlapping: list[tuple[int, int]] = field(default_factory=list)
    missing: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: Path, requests: Sequence[Request] = ()) -> Audit:
        """Read the file and look through the requests."""
        records = [json.loads(line) for line in file.read_bytes().split(b"\n") if line.strip()]
        entries = [record for record in records if record["type"] != "session"]
        by_id = {entry["id"]: entry for entry in entries}
        children = Counter(entry["parentId"] for entry in entries)
        line = _line(by_id, entries[-1]["id"])
        messages = [entry["message"] for entry in line if entry["type"] == "message"]
        return cls(
            headers=len(records) - len(entries),
            forks=[str(parent) for parent, count in children.items() if count > 1],
            orphans=[entry["id"] for entry in entries if entry["parentId"] and entry["parentId"] not in by_id],
            prompts=[_text(message) for message in messages if message["role"] == "user"],
            shells=[message["command"] for message in messages if message["role"] == "bashExecution"],
            names=[entry["name"] for entry in line if entry["type"] == "session_info"],
            unpaired=_unpaired(messages),
            overlapping=_overlapping(requests),
            missing=_missing(requests),
        )

    @property
    def clean(self) -> bool:
        """Whether it is one line without gaps and every request saw everything before it."""
        return self.headers == 1 and not (
            self.forks or self.orphans or self.unpaired or self.overlapping or self.missing
        )


def _line(by_id: dict[str, dict[str, Any]], last: str) -> list[dict[str, Any]]:
    line = []
    at: str | None = last
    while at in by_id:
        line.append(by_id[at])
        at = by_id[at]["parentId"]
    return line[::-1]


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _unpaired(messages: Sequence[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "toolResult" and message["toolCallId"] in waiting:
            waiting.remove(message["toolCallId"])
            continue
        found += waiting  # something else came before their results
        waiting = []
        if message["role"] == "assistant" and message.get("stopReason") != "aborted":
            waiting = [part["id"] for part in message["content"] if part["type"] == "toolCall"]
    return found + waiting


def _overlapping(requests: Sequence[Request]) -> list[tuple[int, int]]:
    done = sorted((request for request in requests if request.finished is not None), key=lambda r: r.started)
    return [(one.number, two.number) for one, two in pairwise(done) if one.overlaps(two)]


def _missing(requests: Sequence[Request]) -> dict[int, list[str]]:
    """A prompt counts as earlier once a request that has it was answered without asking for a tool."""
    done = sorted((request for request in requests if request.finished is not None), key=lambda r: r.started)
    found: dict[int, list[str]] = {}
    for request in done:
        earlier = {
            prompt
            for other in done
            if other.finished is not None and other.finished <= request.started and isinstance(other.turn, Say)
            for prompt in other.texts("user")
        }
        lacking = sorted(earlier - set(request.texts("user")))
        if lacking:
            found[request.number] = lacking
    return found
