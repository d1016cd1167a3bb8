"""``pi-session verify``: whether the history of sessions is still what it was."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pi_host.commandline import AsJson, safe, say_json_line
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence._figures import many
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_session_persistence.catalogue import Catalogue
    from pi_session_persistence.registry import Record

__all__ = ["verify"]

_CHANGED = 1
_FAILED = 2


class _Finding(NamedTuple):
    """What became of a session.

    Attributes:
        file: the session file.
        external_id: its external id, if it has one.
        state: ``same``, ``changed``, ``shortened``, ``gone``, ``unknown`` (nothing to compare with) or ``unreadable``.
        known: bytes that are compared.
        against: ``checkpoint`` of the registry, or ``catalogue``.
        message: what is wrong.
    """

    file: "Path"
    external_id: str | None
    state: str
    known: int
    against: str | None
    message: str

    @property
    def code(self) -> int:
        return {"same": 0, "unknown": _FAILED, "unreadable": _FAILED}.get(self.state, _CHANGED)


def verify(
    sessions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SESSION]...", help="Session files, external ids, pi's ids, or names; default: all."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check that sessions still begin with what was in them: pi only appends, so what is written must stay.

    A session with an external id is compared with its last checkpoint
    (SHA-256), any other with what the catalogue read of it last (CRC-32; a
    file that was removed since then is not looked for). Nothing is written.
    Ends with 0 if all is as it was, 1 if a session was changed, shortened or
    is gone, 2 if one can't be checked. With --json there is a line for each
    session, otherwise for each that is not as it was.

    [bold]Examples[/bold]

      pi-session verify
      pi-session verify TASK-7 || pi-session fsck "$(pi-session path TASK-7)"
      pi-session verify --json | jq -r 'select(.state != "same") | .file'
    """
    from pi_session_persistence.cli._finding import ask  # noqa: PLC0415  # `--help` needs no catalogue

    try:
        code = ask(lambda catalogue: _report(_findings(catalogue, sessions or []), as_json=as_json), fresh=False)
    except PersistenceError as error:
        say_error(str(error))
        code = _FAILED
    raise typer.Exit(code)


def _report(findings: "Iterator[_Finding]", *, as_json: bool) -> int:
    count, worst = 0, 0
    for finding in findings:
        count, worst = count + 1, max(worst, finding.code)
        if as_json:
            say_json_line(finding._asdict() | {"file": str(finding.file)})
        elif finding.code:
            typer.echo(safe(f"{finding.state:<10} {finding.external_id or finding.file}: {finding.message}"))
    if not as_json:
        say_error(f"{many(count, 'session')} checked" + ("" if worst else ", all as they were"))
    return worst


def _findings(catalogue: "Catalogue", names: list[str]) -> "Iterator[_Finding]":
    from pi_session_persistence.catalogue import find_session  # noqa: PLC0415  # as above
    from pi_session_persistence.registry import Registry  # noqa: PLC0415  # as above

    records = {record.pi_file: record for ids in (Registry(), Registry(compat="gsd")) for record in ids.records()}
    if names:
        files = [find_session(name, catalogue.sessions) for name in names]
    else:
        others = (row.file for row in catalogue.sessions())
        files = [file for file, record in records.items() if record.checkpoint is not None]
        checked = set(files)
        files += [file for file in others if _real(file) not in checked and file.exists()]
    for file in dict.fromkeys(files):
        record = records.get(_real(file))
        identity = record.external_id if record is not None else None
        try:
            yield _compared(catalogue, file, record)
        except FileNotFoundError:
            yield _Finding(file, identity, "gone", 0, None, "the file is not there any more")
        except OSError as error:
            yield _Finding(file, identity, "unreadable", 0, None, error.strerror or str(error))


def _compared(catalogue: "Catalogue", file: "Path", record: "Record | None") -> _Finding:
    from pi_session_persistence.registry import is_beginning  # noqa: PLC0415  # as above

    if record is not None and record.checkpoint is not None:
        made, size = record.checkpoint, file.stat().st_size
        same, known, when = is_beginning(file, made), made.size, f"at {made.at}"
        told: tuple[str | None, str] = (record.external_id, "checkpoint")
    else:
        kept = catalogue.kept(file)
        if kept is None:
            message = "neither a checkpoint nor the catalogue tells what was in it; `pi-session list` takes note of it"
            return _Finding(file, record.external_id if record else None, "unknown", 0, None, message)
        size, same, known, when = kept.size, kept.same, kept.known, "when the catalogue read it"
        told = (record.external_id if record else None, "catalogue")
    if same:
        return _Finding(file, told[0], "same", known, told[1], "")
    if size < known:
        return _Finding(file, told[0], "shortened", known, told[1], f"{size:,} bytes are left of the {known:,} {when}")
    message = f"its first {known:,} bytes are not what they were {when}"
    return _Finding(file, told[0], "changed", known, told[1], message)


def _real(file: "Path") -> "Path":
    return file.parent.resolve() / file.name
