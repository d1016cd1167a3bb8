"""``pi-devkit release-check``: whether components could be released."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from pi_devkit._errors import DevkitError
from pi_devkit.checks import Asked, Bench, prove
from pi_devkit.cli._workspace import chosen, here
from pi_devkit.proving import given
from pi_host.commandline import AsJson, console, say_error, say_json, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pi_devkit.checks import Record, Report

__all__ = ["release_check"]

_STYLES: Final = {
    "passed": "green",
    "failed": "bold red",
    "waived": "yellow",
    "missing": "bold yellow",
    "blocked": "dim",
}

Names = Annotated[list[str] | None, typer.Argument(metavar="[COMPONENT]...", help="Which ones; default: all.")]
Quick = Annotated[bool, typer.Option("--quick", help="Leave out history, the index, the tests and pi: some seconds.")]
Only = Annotated[
    list[str] | None, typer.Option("--only", metavar="ID", help="This check and those it builds on; repeatable.")
]
Dist = Annotated[
    Path | None, typer.Option("--dist", metavar="DIR", exists=True, file_okay=False, help="Prove these files.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Copy the proved files and SHA256SUMS here if all is well.")
]
Tag = Annotated[str, typer.Option("--tag", metavar="TAG", help="The tag that is being released.")]
Pythons = Annotated[
    list[str] | None, typer.Option("--python", metavar="X.Y", help="A Python instead of the project's; repeatable.")
]
Dirty = Annotated[bool, typer.Option("--allow-dirty", help="Let pass what is not committed.")]
Offline = Annotated[bool, typer.Option("--offline", help="Fetch nothing and ask nobody; the report says so.")]
NoAudit = Annotated[
    bool,
    typer.Option(
        "--no-audit", help="Ask no vulnerability service, where there is only a mirror of an index; R27 says so."
    ),
]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the temporary folder, and tell where it is.")]


def release_check(  # noqa: PLR0913  # each is an option of the command line
    names: Names = None,
    *,
    quick: Quick = False,
    only: Only = None,
    dist: Dist = None,
    out: Out = None,
    tag: Tag = "",
    python: Pythons = None,
    allow_dirty: Dirty = False,
    offline: Offline = False,
    no_audit: NoAudit = False,
    keep: Keep = False,
    as_json: AsJson = False,
) -> None:
    """Prove that components can be released: build them once, install them away from the repository, and look.

    Each check has an id; docs/releasing.md says what it proves and what to do when it fails.

    [bold]Examples[/bold]

      pi-devkit release-check pi-lane --quick --allow-dirty
      pi-devkit release-check pi-lane --tag pi-lane-v0.4.0 --out dist
      pi-devkit release-check pi-lane --only R16
    """
    workspace = here()
    components = chosen(workspace, names or [])
    if (dist or tag or out) and len(components) != 1:
        raise typer.BadParameter("--dist, --out and --tag are about one component; name it")
    if out is not None and only:
        raise typer.BadParameter("--out hands over what was proved; leave out --only, which proves less")
    if not components:
        raise DevkitError("there is nothing to prove: no component of components.toml is `ready`")
    asked = Asked(quick, tuple(only or ()), tag, dist, allow_dirty, tuple(python or ()))
    with Bench(workspace, keep=keep, offline=offline, audit=not no_audit) as bench:
        reports = []
        for component in components:
            reports.append(prove(bench, component, asked, _tell if sys.stderr.isatty() else None))
            if not as_json:
                _show(reports[-1], "could be released" if not only else f"passes {', '.join(only)}")
            if out is not None and reports[-1].code == 0:
                bench.hand_over(given(dist) if dist else bench.artifacts(component), out)
        if keep:
            say_error("pi-devkit", f"the temporary folder is {bench.folder}")
    if as_json:
        say_json({"reports": [report.as_json() for report in reports]})
    codes = {report.code for report in reports}
    if codes - {0}:
        raise typer.Exit(1 if 1 in codes else 2)


def _tell(record: Record) -> None:
    """Show a person who waits how far it is."""
    typer.echo(f"{record.id} {record.outcome.status} ({record.seconds:.1f} s)", err=True)


def _show(report: Report, well: str) -> None:
    shown = table("", "", "", "")
    shown.show_header = False
    for record in sorted(report.records, key=lambda record: record.id):
        shown.add_row(record.id, *_cells(record))
    seconds = sum(record.seconds for record in report.records)
    screen = console(wrap=False)
    screen.print(f"{report.component} {report.version}", style="bold")
    screen.print(shown)
    ended = {0: well, 1: f"fails {', '.join(report.failed)}", 2: "can't be told on this machine"}
    screen.print(f"{report.component} {report.version}: {ended[report.code]} ({seconds:.1f} s)\n")


def _cells(record: Record) -> tuple[RenderableType, ...]:
    outcome = record.outcome
    words = record.title + "".join(f"\n- {line}" for line in outcome.lines)
    return Text(outcome.status, style=_STYLES[outcome.status]), Text(words), f"{record.seconds:.1f} s"
