"""Real pi with plugins written on the spot, and what their hooks saw."""

from __future__ import annotations

import json
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Finished, FinishedJson, Pi, RpcPi, ScriptedModel, TuiPi

#: An extension that does what no RPC command does: moves in the tree, registers an MCP server.
HELPER = Path(__file__).parent / "helper.mjs"

#: Stands before every plugin. `saw` writes down all fields of an event, and what else it is given.
PRELUDE = """
import json, os
from pi_host import Block, Cancel, Handled, Transform, hookimpl
from pi_host.events import *

def saw(event, **more):
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    line = json.dumps({"hook": event.name, **fields, **more}, default=lambda value: type(value).__name__)
    with open(os.environ["SEEN"], "a") as file:
        file.write(line + "\\n")

"""

_STEP_SECONDS = 0.02
_LONGEST_WAIT = 10.0


@dataclass
class Hooked:
    """Starts real pi with the bridge and the plugins it was given.

    Attributes:
        pi: the pi under test.
        root: an empty folder for the cache and for what the hooks write down.
    """

    pi: Pi
    root: Path

    @property
    def model(self) -> ScriptedModel:
        """The model that pi talks to."""
        return self.pi.model

    @property
    def cwd(self) -> Path:
        """pi's working folder."""
        return self.pi.home.cwd

    def plugin(self, source: str, name: str = "plugin", folder: Path | None = None) -> None:
        """Put a plugin into a folder, by default the agent dir's; it runs after those with names before its own."""
        folder = folder or self.pi.home.agent_dir / "python"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(PRELUDE + textwrap.dedent(source))

    def settings(self, **values: Any) -> None:
        """Set some of pi's own settings."""
        self._edit("settings.json", lambda settings: settings.update(values))

    def models(self, **values: Any) -> None:
        """Tell pi more about the scripted models."""

        def edit(known: Any) -> None:
            for model in known["providers"]["scripted"]["models"]:
                model.update(values)

        self._edit("models.json", edit)

    def rpc(self, *args: str) -> RpcPi:
        """Start pi in RPC mode; it is up when this returns."""
        rpc = self.pi.rpc(args=args, **self._options())
        rpc.get_state()
        return rpc

    def tui(self, *, ready: bool = True) -> TuiPi:
        """Start pi in a terminal and wait until it takes prompts, unless something asks before that."""
        tui = self.pi.tui(**self._options())
        if ready:
            tui.wait_ready()
        return tui

    def print(self, prompt: str) -> Finished:
        """Run ``pi -p``."""
        return self.pi.print(prompt, **self._options())

    def json(self, prompt: str) -> FinishedJson:
        """Run ``pi --mode json``."""
        return self.pi.json(prompt, **self._options())

    def seen(self, hook: str, count: int = 1) -> list[dict[str, Any]]:
        """What the hook saw so far, once it was called ``count`` times; pi does not wait for every hook."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while len(calls := [call for call in self.everything() if call["hook"] == hook]) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{hook} was called {len(calls)} times, not {count}; {self._log()}")
            time.sleep(_STEP_SECONDS)
        return calls

    def everything(self) -> list[dict[str, Any]]:
        """What all hooks saw so far, in order."""
        file = self.root / "seen.jsonl"
        whole_lines = file.read_text().rpartition("\n")[0] if file.exists() else ""
        return [json.loads(line) for line in whole_lines.splitlines()]

    def entries(self, session: int = -1) -> list[dict[str, Any]]:
        """The lines of pi's newest session file, or of the one with that number."""
        return [json.loads(line) for line in self.pi.home.sessions()[session].read_text().splitlines()]

    def _edit(self, name: str, edit: Callable[[Any], None]) -> None:
        path = self.pi.home.agent_dir / name
        values = json.loads(path.read_text())
        edit(values)
        path.write_text(json.dumps(values))

    def _options(self) -> dict[str, Any]:
        env = {**environment(autoload=False, cache=self.root / "cache"), "SEEN": str(self.root / "seen.jsonl")}
        return {"extensions": [BRIDGE, HELPER], "env": env}

    def _log(self) -> str:
        log = self.root / "cache" / "host.log"
        return f"host.log:\n{log.read_text() if log.exists() else ''}"
