"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import Annotated

from pi_autonomous_session_control.cli import loops, memory, route, status, timeline
from pi_autonomous_session_control.memory import MemoryStoreError
from pi_autonomous_session_control.mirror import LogError
from pi_host.commandline import application, version
from pi_host.commandline import run as run_app

__all__ = ["app", "run"]

app = application("pi-self")


@app.callback()
def _root(*, _version: Annotated[bool, version("pi-self", "pi-autonomous-session-control")] = False) -> None:
    """The mirror of pi's sessions: what really happened, what repeats, what was learned.

    [bold]First steps[/bold]

      pi-self status                    what the last session of this folder did
      pi-self loops                     what repeats, and a way out
      pi-self timeline --html now.html  all of it in one picture
      pi-self memory search docker      what was learned about docker
      pi-self route "am I in a loop?"   how the tool `self` understands a text
    """


app.command("status")(status.status)
app.command("loops")(loops.loops)
app.command("timeline")(timeline.timeline)
app.add_typer(memory.memory, name="memory")
app.command("route")(route.route)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    run_app(app, "pi-self", LogError, MemoryStoreError, remedy="see to it, or choose another place")
