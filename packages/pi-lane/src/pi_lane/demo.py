"""The act of lanes in ``pi-host demo``: two terminals on one session, without lanes and with them."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from pi_host import PiHostError
from pi_host.demo import Outcome, Step
from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pi_testkit import PiHome, PiInstall, RpcPi, ScriptedModel

__all__ = ["act"]

_FIRST = "What does parse() do?"
_SECOND = "And who calls it?"


def act(install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
    """Two terminals on one session, without lanes and with them.

    Args:
        install: the pi.
        home: where it lives.
        tell: is called with each step as it happens.

    Raises:
        PiHostError: pi broke off.
    """
    from pi_testkit import PiExitedError, PiTimeoutError, RpcError, Say, ScriptedModel  # noqa: PLC0415  # an extra

    started = time.monotonic()
    play = _Play(install, home, tell)
    try:
        with ScriptedModel(lambda _: Say("It reads one line.", delay=0.4)) as model:
            model.configure(home.agent_dir)
            play.tell("scene", "", "Plain pi")
            plain = play.both(model, home.root / "plain.jsonl", [], {})
            play.tell("scene", "", "The same with pi-lane")
            env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=home.root / "cache")
            lanes = play.both(model, home.root / "lanes.jsonl", [str(BRIDGE)], env)
    except (PiExitedError, PiTimeoutError, RpcError) as error:
        raise PiHostError(f"the session broke off: {error}") from error
    return Outcome(
        pi=install.version,
        seconds=round(time.monotonic() - started, 2),
        steps=play.steps,
        checks={
            "plain pi forks the session": plain.forks > 0,
            "with lanes it stays one line": lanes.forks == 0,
            "with lanes the second terminal's request has the first one's turn": lanes.saw,
        },
    )


class _Result:
    """What two terminals left: the number of forks, and whether the second request had the first one's turn."""

    def __init__(self, file: Path, asked: Sequence[Sequence[str]]) -> None:
        records = [json.loads(line) for line in file.read_bytes().splitlines()]
        children = Counter(record["parentId"] for record in records if record["type"] != "session")
        self.forks = sum(count > 1 for count in children.values())
        self.saw = any(_FIRST in prompts and _SECOND in prompts for prompts in asked)


class _Play:
    def __init__(self, install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> None:
        self.steps: list[Step] = []
        self._install = install
        self._home = home
        self._tell = tell

    def tell(self, kind: Any, who: str, text: str) -> None:
        step = Step(kind=kind, who=who, text=text)
        self.steps.append(step)
        self._tell(step)

    def both(self, model: ScriptedModel, file: Path, extensions: list[str], env: dict[str, str]) -> _Result:
        """Let two terminals on ``file`` ask at the same time."""
        from pi_testkit import RpcPi  # noqa: PLC0415  # an extra

        options: dict[str, Any] = {"args": ["--session", str(file)], "extensions": extensions, "env": env}
        with RpcPi(self._install, self._home, **options) as one:
            one.prompt("Read the parser.")
            with RpcPi(self._install, self._home, **options) as two:
                two.send("get_state")
                before = len(model.requests)
                self._at_once(one, two)
                asked = [request.texts("user") for request in model.requests[before:]]
        result = _Result(file, asked)
        self._judge(result)
        return result

    def _at_once(self, one: RpcPi, two: RpcPi) -> None:
        self.tell("say", "terminal 1", f"asks: {_FIRST}")
        before = len(one.records)
        first = threading.Thread(target=one.prompt, args=(_FIRST,))
        first.start()
        one.wait_for("turn_start", since=before)
        self.tell("say", "terminal 2", f"asks meanwhile: {_SECOND}")
        two.prompt(_SECOND)
        first.join()
        for request in two.ui_requests:
            if request["method"] == "setStatus" and request.get("statusText"):
                self.tell("say", "terminal 2", f"shows: {request['statusText']}")

    def _judge(self, result: _Result) -> None:
        if result.saw:
            self.tell("good", "model", "has both questions before it when it answers terminal 2")
        else:
            self.tell("bad", "model", "answers terminal 2 without having seen what terminal 1 asked")
        if result.forks:
            self.tell("bad", "session", "is forked: whoever opens it next sees one of the two answers")
        else:
            self.tell("good", "session", "is one line: both turns, in order")
