"""A home, a model and three small plugins to measure with, and a row of the table."""

from __future__ import annotations

import contextlib
import statistics
import time
from typing import TYPE_CHECKING

from pi_host.launch import BRIDGE, environment
from pi_testkit import PiHome, ScriptedModel
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Scene", "median_ms"]

#: What people have: something that judges, something that adds to the prompt, a tool.
PLUGINS = {
    "gate": """
from pi_host import hookimpl
@hookimpl
async def tool_call(event, ctx):
    return None
""",
    "rules": """
from pi_host import hookimpl
@hookimpl
def before_agent_start(event, ctx):
    return {"systemPrompt": event.system_prompt + " Be brief."}
""",
    "weather": '''
from pi_host import tool
@tool
def weather(city: str) -> str:
    """Weather in a city."""
    return city
''',
}


class Scene:
    """Everything a case needs, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.install = provision("1.5.2")
        self.home = PiHome(folder / "pi")
        self.cache = folder / "cache"
        self.hosted_env = environment(autoload=False, cache=self.cache)
        self.extension = str(BRIDGE)

    def add(self, **plugins: str) -> None:
        """Write single-file plugins."""
        folder = self.home.agent_dir / "python"
        folder.mkdir(exist_ok=True)
        for name, source in plugins.items():
            (folder / f"{name}.py").write_text(source)

    @contextlib.contextmanager
    def model(self, *args: object, **options: object) -> Iterator[ScriptedModel]:
        """Give pi a scripted model."""
        with ScriptedModel(*args, **options) as model:  # type: ignore[arg-type]  # passed on as they are
            model.configure(self.home.agent_dir)
            yield model


def median_ms(seconds: list[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(seconds) * 1e3


@contextlib.contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Add the seconds that the block takes to ``into``."""
    started = time.perf_counter()
    yield
    into.append(time.perf_counter() - started)
