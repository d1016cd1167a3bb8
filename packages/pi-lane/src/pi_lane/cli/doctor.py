"""``pil doctor``: what is wrong with the lanes of a session, and how to mend it."""

from __future__ import annotations

import time
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from pi_host.commandline import console, say_json
from pi_lane.cli._asking import Asked
from pi_lane.cli._checks import Finding, examine
from pi_lane.cli._errors import CommandError
from pi_lane.cli._forms import as_data
from pi_lane.cli._options import AsJson, Options, SessionFile, StaleMs

__all__ = ["doctor"]

_STYLE: Final = {"ok": "green", "warning": "yellow", "error": "bold red"}

#: How long to wait, in seconds, before what may be normal for a moment is looked at again.
_AGAIN_S: Final = 1.0


def doctor(
    context: typer.Context, *, as_json: AsJson = False, stale_ms: StaleMs = None, session: SessionFile = None
) -> None:
    """Check folders, files, heads, owners and terminals of the session.

    Says for everything that is wrong how to mend it. The exit code is 1 if something is broken.

    [bold]Examples[/bold]

      pil doctor
      pil doctor --json | jq -r '.problems[]'
    """
    options = Options(as_json=as_json, stale_ms=stale_ms, session=session).over(context)
    try:
        data, findings = _examined(options)
    except CommandError as error:
        data = {"kind": "pil.doctor", "schemaVersion": 1}
        findings = [Finding("session", "error", str(error))]
    broken = [finding for finding in findings if finding.level == "error"]
    if options.as_json:
        say_json(data | _form(findings) | {"ok": not broken})
    else:
        _show(findings)
    if broken:
        raise typer.Exit(1)


def _examined(options: Options) -> tuple[dict[str, Any], list[Finding]]:
    asked = Asked(options)
    view = asked.look()
    findings = list(examine(view))
    if any(finding.passing for finding in findings):
        time.sleep(_AGAIN_S)
        view = asked.look()
        before = {_what(finding) for finding in findings}
        findings = [finding for finding in examine(view) if not finding.passing or _what(finding) in before]
    return as_data("doctor", view), findings


def _what(finding: Finding) -> tuple[str, str, str]:
    # Without the text, in which durations grow.
    return finding.subject, finding.level, finding.mend


def _form(findings: list[Finding]) -> dict[str, Any]:
    told = {
        level: [
            f"{found.text}: {found.mend}" if found.mend else found.text for found in findings if found.level == level
        ]
        for level in ("error", "warning")
    }
    listed = [
        {"subject": found.subject, "level": found.level, "text": found.text, "mend": found.mend} for found in findings
    ]
    return {"problems": told["error"], "warnings": told["warning"], "findings": listed}


def _show(findings: list[Finding]) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for finding in findings:
        text = Text(finding.text)
        if finding.mend:
            text.append("\nmend: ", "dim").append(finding.mend)
        table.add_row(Text(finding.level, _STYLE[finding.level]), Text(finding.subject), text)
    console().print(table)
