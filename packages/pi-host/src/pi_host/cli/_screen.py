"""How the demo looks: on the screen, and in a picture of it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pi_host.cli._story import PLUGINS
from pi_host.commandline import console

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from pi_host.demo import Outcome, Step

__all__ = ["Screen"]

_WIDTH: Final = 106
_LABEL: Final = 15

_COLOURS: Final = {"you": "bold cyan", "model": "bold blue", "pi": "bold"}
_SAYS: Final = {
    "user": "{text}",
    "prompt": "adds to the system prompt:\n[black on green] + [/] [green]{text}[/]",
    "offer": "offers the model the tool [green]{text}[/]",
    "request": "sends the model {text}",
    "call": "wants to call [bold]{text}[/]",
    "pass": "[dim]has nothing against[/] {text}",
    "ask": "[yellow]asks you: {text}[/]  [bold](the demo answers: no)[/]",
    "result": "answers the model: [green]{text}[/]",
    "block": "[bold red]blocks the call[/], and the model is told: [red]{text}[/]",
    "answer": "[bold]{text}[/]",
    "scene": "[bold]{text}[/]",
    "say": "{text}",
    "good": "[green]{text}[/]",
    "bad": "[bold red]{text}[/]",
}


class Screen:
    """Shows the demo.

    Args:
        quiet: whether nothing goes to the screen.
        record: whether a picture is wanted.
    """

    def __init__(self, *, quiet: bool, record: bool) -> None:
        self._picture = (
            Console(
                record=True,
                file=io.StringIO(),
                force_terminal=True,
                width=_WIDTH,
                color_system="truecolor",
                highlight=False,
            )
            if record
            else None
        )
        self._consoles = [out for out in (None if quiet else console(markup=True), self._picture) if out]

    def title(self, version: str, act: str) -> None:
        """Say what is about to be seen."""
        self._print(f"\n[bold]{escape(act)}[/]\n[dim]real pi {version}, scripted model[/]\n")

    def step(self, step: Step) -> None:
        """Show one step."""
        if step.kind == "scene":
            self._print(f"\n{_SAYS['scene'].format(text=escape(step.text))}")
            return
        line = Table.grid(padding=(0, 2), expand=True)
        line.add_column(width=_LABEL, no_wrap=True)
        line.add_column(ratio=1)
        line.add_column(no_wrap=True, style="dim")
        said = _SAYS[step.kind].format(text=escape(step.text))
        took = _duration(step.us) if step.us is not None else ""
        line.add_row(Text(step.who, style=_COLOURS.get(step.who, "bold magenta")), said, took)
        self._print(line)

    def summary(self, outcome: Outcome) -> None:
        """Show the plugins and whether everything went as scripted."""
        if outcome.lines:
            self._files(outcome)
        self._print("")
        for check, held in outcome.checks.items():
            if not held:
                self._print(f"[bold red]not as scripted:[/] {check}")
        score = f"{sum(outcome.checks.values())} of {len(outcome.checks)} checks hold"
        colour = "green" if outcome.ok else "red"
        self._print(f"[bold {colour}]{score}[/], {outcome.seconds:.1f} s with pi's start")

    def _files(self, outcome: Outcome) -> None:
        table = Table(box=box.SIMPLE, pad_edge=False)
        for column in ("Plugin", "What it is", "File", "Took, questions included"):
            table.add_column(column)
        for name, about in PLUGINS.items():
            took = [_duration(step.us) for step in outcome.steps if step.who == name and step.us is not None]
            table.add_row(f"[bold magenta]{name}[/]", about, f"{outcome.lines[name]} lines", ", ".join(took))
        self._print("")
        self._print(table)

    def save(self, path: Path) -> None:
        """Write the picture.

        Raises:
            OSError: it can't be written.
        """
        if self._picture is not None:
            # A picture that loads a font from elsewhere is not shown where it matters: in a README.
            svg = self._picture.export_svg(title="pi-host demo", unique_id="demo")
            path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), "utf-8")

    def _print(self, what: RenderableType) -> None:
        for out in self._consoles:
            out.print(what)


def _duration(us: float) -> str:
    return f"{us:.0f} µs" if us < 1000 else f"{us / 1000:.3g} ms"  # noqa: PLR2004  # microseconds in a millisecond
