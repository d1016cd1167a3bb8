"""The act of `self` in ``pi-host demo``: a loop is told, a killed pi remembers, and a trap fires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_host.demo import Playing
from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host.demo import Outcome, Step
    from pi_testkit import PiHome, PiInstall, RpcPi, ScriptedModel

__all__ = ["act"]

_LEARNED: Final = "the fixtures are made by hand, and make clean deletes them"
_TIMEOUT: Final = 60.0


def act(install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
    """A mirror for the agent: loops it is in, what it learned, traps that fire.

    Args:
        install: the pi.
        home: where it lives.
        tell: is called with each step as it happens.

    Raises:
        PiHostError: pi broke off.
    """
    from pi_testkit import ScriptedModel  # noqa: PLC0415  # an extra

    with Playing(install, tell) as playing, ScriptedModel() as model:
        model.configure(home.agent_dir)
        scenes = _Scenes(install, home, model, playing)
        scenes.first()
        scenes.second()
    return playing.outcome()


class _Scenes:
    def __init__(self, install: PiInstall, home: PiHome, model: ScriptedModel, playing: Playing) -> None:
        self._say = playing.say
        self._checks = playing.checks
        self._home = home
        self._model = model
        self._install = install
        self._env = environment(plugins=["self"], autoload=False, cache=home.root / "cache")

    def first(self) -> None:
        """Go in circles, look into the mirror, and learn from it."""
        from pi_testkit import Call, Say  # noqa: PLC0415  # an extra

        self._say("scene", "", "A session that goes in circles")
        (self._home.cwd / "fixture.json").write_text("{}\n")
        (self._home.cwd / "Makefile").write_text("test:\n\t@cat fixtures.json\n\nclean:\n\t@rm -f fixture.json\n")
        for _ in range(3):
            self._model.add(Call("bash", command="make test"))
        self._model.add(Say("It fails again."))
        with self._pi() as pi:
            pi.prompt("Run the tests.", timeout=_TIMEOUT)
            self._say("say", "model", "runs `make test` three times; it fails in the same way each time")
            looping = self._ask(pi, "Am I going in circles?")
            self._checks["the mirror tells the loop"] = looping["data"]["isLooping"]
            self._ask(pi, f"Remember: {_LEARNED}", {"topic": "fixtures"})
            self._ask(pi, f'Mark as trap: "{_LEARNED}"', {"triggers": ["make clean"], "level": "block"})
            pi.process.destroy()
        self._say("bad", "pi", "is killed")

    def second(self) -> None:
        """Remember in another process, and be stopped."""
        from pi_testkit import Call, Say  # noqa: PLC0415  # an extra

        self._say("scene", "", "The next session, another process")
        with self._pi() as pi:
            learned = self._ask(pi, "What did I learn about fixtures?")
            found = [pattern["content"] for pattern in learned["data"]["patterns"]]
            self._checks["a killed pi remembers"] = found == [_LEARNED]
            self._model.add(Call("bash", command="make clean"), Say("Then not."))
            pi.prompt("Start over.", timeout=_TIMEOUT)
            kept = (self._home.cwd / "fixture.json").exists()
            self._say("good" if kept else "bad", "trap", f"stops `make clean`: {_LEARNED}")
            self._checks["the trap stops the call"] = kept
            (self._home.cwd / "notes.txt").write_text("mine\n")
            touched = self._ask(pi, "What files have I touched?")
            by = {file["path"]: list(file["by"]) for file in touched["data"]["files"]}
            self._checks["a change by the user is seen as such"] = by == {"notes.txt": ["user"]}

    def _pi(self) -> RpcPi:
        from pi_testkit import RpcPi  # noqa: PLC0415  # an extra

        return RpcPi(self._install, self._home, extensions=[str(BRIDGE)], env=self._env)

    def _ask(self, pi: RpcPi, query: str, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Let the model ask the mirror, and return the details of the answer."""
        from pi_testkit import Call, Say  # noqa: PLC0415  # an extra

        self._say("say", "model", f"asks the mirror: {query}")
        self._model.add(Call("self", query=query, **({"context": context} if context else {})), Say("I see."))
        records = pi.prompt("Go on.", timeout=_TIMEOUT)
        results = [record["result"] for record in records if record.get("type") == "tool_execution_end"]
        self._say("good", "self", " ".join(results[-1]["content"][0]["text"].splitlines()[:2]))
        details: dict[str, Any] = results[-1]["details"]
        return details
