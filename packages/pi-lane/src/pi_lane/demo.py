"""The act of lanes in ``pi-host demo``: two terminals on one session, without lanes and with them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from pi_host.demo import Playing
from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pi_host.demo import Outcome, Step
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
    from pi_testkit import Say, ScriptedModel  # noqa: PLC0415  # an extra

    with (
        Playing(install, tell) as playing,
        ScriptedModel(lambda _: Say("It reads one line.", delay=0.4)) as model,
    ):
        model.configure(home.agent_dir)
        scenes = _Scenes(install, home, playing)
        playing.say("scene", "", "Plain pi")
        plain = scenes.both(model, home.root / "plain.jsonl", [], {})
        playing.say("scene", "", "The same with pi-lane")
        env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=home.root / "cache")
        lanes = scenes.both(model, home.root / "lanes.jsonl", [str(BRIDGE)], env)
    playing.checks.update(
        {
            "plain pi forks the session": plain.forks > 0,
            "with lanes it stays one line": lanes.forks == 0,
            "with lanes the second terminal's request has the first one's turn": lanes.saw,
        }
    )
    return playing.outcome()


class _Result:
    """What two terminals left: the number of forks, and whether the second request had the first one's turn."""

    def __init__(self, file: Path, asked: Sequence[Sequence[str]]) -> None:
        records = [json.loads(line) for line in file.read_bytes().splitlines()]
        children = Counter(record["parentId"] for record in records if record["type"] != "session")
        self.forks = sum(count > 1 for count in children.values())
        self.saw = any(_FIRST in prompts and _SECOND in prompts for prompts in asked)


class _Scenes:
    def __init__(self, install: PiInstall, home: PiHome, playing: Playing) -> None:
        self._say = playing.say
        self._install = install
        self._home = home

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
        self._say("say", "terminal 1", f"asks: {_FIRST}")
        before = len(one.records)
        first = threading.Thread(target=one.prompt, args=(_FIRST,))
        first.start()
        one.wait_for("turn_start", since=before)
        self._say("say", "terminal 2", f"asks meanwhile: {_SECOND}")
        two.prompt(_SECOND)
        first.join()
        for request in two.ui_requests:
            if request["method"] == "setStatus" and request.get("statusText"):
                self._say("say", "terminal 2", f"shows: {request['statusText']}")

    def _judge(self, result: _Result) -> None:
        if result.saw:
            self._say("good", "model", "has both questions before it when it answers terminal 2")
        else:
            self._say("bad", "model", "answers terminal 2 without having seen what terminal 1 asked")
        if result.forks:
            self._say("bad", "session", "is forked: whoever opens it next sees one of the two answers")
        else:
            self._say("good", "session", "is one line: both turns, in order")
