"""``pi-host doctor``: what is wrong, and how to mend it."""

import typer

from pi_host.cli._checks import Finding, examine
from pi_host.commandline import AsJson, console, safe, say_json

__all__ = ["doctor"]

_STYLE = {"ok": "green", "warning": "yellow", "error": "bold red"}


def doctor(*, as_json: AsJson = False) -> None:
    """Check Python, pi, Node, folders, installation, configuration and plugins.

    Says for everything that is wrong how to mend it. The exit code is 1 if something is broken.

    [bold]Examples[/bold]

      pi-host doctor
      pi-host doctor --json | jq '.findings[] | select(.level != "ok")'
    """
    findings = list(examine())
    broken = [finding for finding in findings if finding.level == "error"]
    if as_json:
        say_json({"ok": not broken, "findings": [finding._asdict() for finding in findings]})
    else:
        _show(findings)
    if broken:
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    from rich.markup import escape  # noqa: PLC0415  # only for people
    from rich.table import Table  # noqa: PLC0415  # as above

    table = Table.grid(padding=(0, 2), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for finding in findings:
        mend = f"\n[dim]mend:[/] {escape(safe(finding.mend))}" if finding.mend else ""
        level = f"[{_STYLE[finding.level]}]{finding.level}[/]"
        table.add_row(level, escape(safe(finding.subject)), escape(safe(finding.text)) + mend)
    console(markup=True).print(table)
