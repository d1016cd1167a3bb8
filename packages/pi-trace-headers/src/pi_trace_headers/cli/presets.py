"""``pi-trace presets``: the gateways whose headers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pi_host.commandline import console, say_json, table
from pi_trace_headers._presets import presets

if TYPE_CHECKING:
    from pi_trace_headers._presets import Match, Preset

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The gateways whose headers are known.")


@app.callback()
def _root() -> None:
    """Keep ``list`` a word of its own: with one command only, typer would leave it out."""


@app.command("list")
def list_presets(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON, templates included.")] = False
) -> None:
    """Show the presets: whom each is for by itself, and the headers that it sends."""
    if as_json:
        say_json({name: _plain(preset) for name, preset in presets().items()})
        return
    rows = table("preset", "for", "headers", "documented in")
    for name, preset in presets().items():
        recipients = ", ".join(_recipient(match) for match in preset.match) or "whom a rule names"
        rows.add_row(name, recipients, ", ".join(preset.headers) or "none", preset.source)
    console().print(rows)


def _recipient(match: Match) -> str:
    parts = (("provider", match.provider), ("host", match.host))
    return " and ".join(f"{kind} {pattern}" for kind, pattern in parts if pattern)


def _plain(preset: Preset) -> dict[str, object]:
    return {
        "about": preset.about,
        "source": preset.source,
        "match": [{"provider": match.provider, "host": match.host} for match in preset.match],
        "headers": preset.headers,
        "requires_env": preset.requires_env,
    }
