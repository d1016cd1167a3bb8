"""``pi-trace rules``: what would be sent to whom, without sending anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pi_host.commandline import console, say_json, table
from pi_host.launch import agent_dir
from pi_trace_headers._engine import Engine
from pi_trace_headers._errors import TraceError
from pi_trace_headers._options import read_options
from pi_trace_headers._variables import VARIABLES
from pi_trace_headers.cli._configuration import files, read_table
from pi_trace_headers.cli._rehearsal import rehearse

if TYPE_CHECKING:
    from pi_trace_headers._rules import CompiledRule

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="What would be sent to whom, without sending anything.")


@app.command()
def check(
    *,
    provider: Annotated[str | None, typer.Option(help="Show what requests to this provider would carry.")] = None,
    base_url: Annotated[str, typer.Option(help="The base URL of its models, for rules that name a host.")] = "",
    model: Annotated[str, typer.Option(help="The id of its model.")] = "a-model",
    mode: Annotated[Literal["tui", "rpc", "json", "print"], typer.Option(help="How pi runs.")] = "tui",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Check pi-host.toml and explain its rules; with --provider, show the headers with made-up ids.

    [bold]Examples[/bold]

      pi-trace rules check
      pi-trace rules check --provider opper
      pi-trace rules check --provider work --base-url https://litellm.example.com/v1
    """
    paths = files(Path.cwd())
    try:
        engine = Engine(read_options(read_table(paths)))
    except TraceError as error:
        raise TraceError(f"{' and '.join(str(path) for path in paths)}: {error}") from None
    headers: dict[str, str] | None = None
    if provider is not None:
        headers = rehearse(engine, {"provider": provider, "id": model, "baseUrl": base_url}, mode)
    if as_json:
        say_json({"files": [str(path) for path in paths], "rules": _plain(engine), "headers": headers})
        return
    _explain(engine, paths)
    if headers is not None:
        _show(headers, str(provider))


@app.command()
def variables() -> None:
    """List the variables of templates."""
    rows = table("variable", "value")
    for name, meaning in VARIABLES.items():
        rows.add_row(f"{{{name}}}", meaning)
    rows.add_row("{env.NAME}", "an environment variable that the option env names")
    console().print(rows)


def _explain(engine: Engine, paths: list[Path]) -> None:
    out = console()
    out.print("read: " + (", ".join(str(path) for path in paths) or f"nothing; there is no {agent_dir()}/pi-host.toml"))
    if not engine.rules:
        out.print("There are no rules, so nothing is sent to anybody.")
        return
    if engine.silenced_by is not None:
        out.print(f'Nothing is sent, because {engine.silenced_by} says so; opt_out = "ignore" overrules it.')
    rows = table("rule", "for", "header", "template")
    for rule in engine.rules:
        for number, header in enumerate(rule.headers):
            first = (rule.key, _whom(rule)) if number == 0 else ("", "")
            rows.add_row(*first, header.name, header.template.text)
    out.print(rows)


def _show(headers: dict[str, str], provider: str) -> None:
    out = console()
    if not headers:
        out.print(f"\nA request to {provider!r} would carry none of these headers.")
        return
    out.print(f"\nA request to {provider!r} would carry, with other ids:")
    for name, value in headers.items():
        out.print(f"  {name}: {value}", soft_wrap=True)


def _whom(rule: CompiledRule) -> str:
    whom = " or ".join(
        " and ".join(f"{kind} {pattern}" for kind, pattern in (("provider", m.provider), ("host", m.host)) if pattern)
        for m in rule.match
    )
    conditions = [f"mode {'/'.join(rule.when.mode)}"] if rule.when.mode else []
    conditions += [f"session in {rule.when.session}"] if rule.when.session else []
    conditions += [f"{name} set (it is not)" for name in rule.missing_env()]
    return whom + (f", if {', '.join(conditions)}" if conditions else "")


def _plain(engine: Engine) -> list[dict[str, object]]:
    return [
        {
            "key": rule.key,
            "match": [{"provider": match.provider, "host": match.host} for match in rule.match],
            "headers": {header.name: header.template.text for header in rule.headers},
            "on_conflict": rule.on_conflict,
            "missing_env": rule.missing_env(),
            "silenced_by": engine.silenced_by,
        }
        for rule in engine.rules
    ]
