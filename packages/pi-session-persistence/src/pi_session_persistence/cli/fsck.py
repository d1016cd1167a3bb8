"""``pi-session fsck``: what is wrong with session files, and their repair."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pi_host.commandline import AsJson, safe, say_json_line
from pi_session_persistence._errors import BusyError, PersistenceError
from pi_session_persistence.cli._output import say_error
from pi_session_persistence.fsck import Examination, Finding, examine
from pi_session_persistence.registry import rewriting
from pi_session_persistence.repair import Repair, repair_file

__all__ = ["fsck"]

_DAMAGED = 1
_FAILED = 2


def fsck(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Session files.")],
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Make them whole; the originals are kept.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Repair a file that was written to just now, when no pi has it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what is wrong with session files; pi itself never does.

    Nothing is written without --repair. Ends with 0 if no file is damaged (any more), 1 if one is, 2 if one can't be
    checked or repaired.

    [bold]Examples[/bold]

      pi-session fsck ~/.pi/agent/sessions/*/*.jsonl
      pi-session fsck --repair session.jsonl
      pi-session fsck --json session.jsonl | jq '.findings[] | select(.severity == "damage")'
    """
    raise typer.Exit(max(_one(file, repair=repair, force=force, as_json=as_json) for file in files))


def _one(file: Path, *, repair: bool, force: bool, as_json: bool) -> int:
    try:
        found = examine(file)
    except (OSError, PersistenceError) as error:
        return _failed(file, error, as_json=as_json)
    done = failure = None
    if repair:
        try:
            with rewriting(file) if _needs_repair(found) else nullcontext():
                done = repair_file(file, force=force)
        except (OSError, PersistenceError) as error:
            failure = error
    left = done.left if done is not None else found.damage
    if as_json:
        say_json_line(_data(file, found.version, found.findings, done, failure))
    else:
        _show(file, found.findings, done)
        if failure is not None:
            say_error(_words(failure))
    if failure is not None and (found.damage or not isinstance(failure, BusyError)):
        return _FAILED
    return _DAMAGED if left else 0


def _needs_repair(found: Examination) -> bool:
    return bool(found.damage) or any(finding.code == "old-version" for finding in found.findings)


def _failed(file: Path, error: Exception, *, as_json: bool) -> int:
    if as_json:
        say_json_line({"file": str(file), "error": _words(error)})
    else:
        say_error(_words(error))
    return _FAILED


def _words(error: Exception) -> str:
    return f"{error.filename!r}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)


def _data(
    file: Path, version: float | None, findings: list[Finding], done: Repair | None, failure: Exception | None
) -> dict[str, Any]:
    data: dict[str, Any] = {"file": str(file), "version": version, "findings": msgspec.to_builtins(findings)}
    if done is not None:
        data["repair"] = msgspec.to_builtins(done, enc_hook=str)
    if failure is not None:
        data["error"] = _words(failure)
    return data


def _show(file: Path, findings: list[Finding], done: Repair | None) -> None:
    typer.echo(f"{safe(str(file))}: {_summary(findings)}")
    for finding in findings:
        where = f"line {finding.line} (byte {finding.offset})"
        typer.echo(f"  {finding.severity:<8}{where:<24}{finding.code}: {safe(finding.message)}")
    if done is None or not done.actions:
        return
    for action in done.actions:
        typer.echo(f"  repaired line {action.line:<19}{action.code}: {safe(action.message)}")
    if done.original is not None:
        typer.echo(f"  original {safe(str(done.original))}")
    if done.salvage is not None:
        size = sum(part.length for part in done.salvaged)
        typer.echo(f"  salvaged {size} bytes in {safe(str(done.salvage))}")
    for finding in done.left:
        typer.echo(f"  left    line {finding.line}: {finding.code}: {safe(finding.message)}")


def _summary(findings: list[Finding]) -> str:
    damage = sum(finding.severity == "damage" for finding in findings)
    notices = len(findings) - damage
    parts = [f"{damage} damaged" if damage else "", f"{notices} notice{'s' if notices > 1 else ''}" if notices else ""]
    return ", ".join(part for part in parts if part) or "clean"
