"""``pi-session tag``: tags of a session."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pi_host.commandline import AsJson, say_json_line
from pi_session_persistence._errors import PersistenceError

__all__ = ["SETTINGS", "tag"]

#: `-x` is a tag to take away here, whatever x is.
SETTINGS: Final[dict[str, Any]] = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def tag(
    session: Annotated[str, typer.Argument(help="Session file, external id, pi's id, or name.")],
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[+TAG|-TAG]...", help="Tags to give it, and to take away.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Give a session tags, take some away, and show those it has then.

    Tags are yours alone: they lie beside the registry, and pi's file stays as
    it is. They belong to pi's id of the session, wherever its file goes. A
    session with the tag pinned is never cleaned up.

    [bold]Examples[/bold]

      pi-session tag TASK-7 +pinned +release-2
      pi-session tag TASK-7 -release-2
      pi-session list --tag pinned
    """
    from pi_session_persistence.catalogue import Tags  # noqa: PLC0415  # `--help` needs no catalogue
    from pi_session_persistence.cli._finding import session_file  # noqa: PLC0415  # as above

    add, remove = ([text[1:] for text in changes or () if text.startswith(sign)] for sign in "+-")
    odd = next((text for text in changes or () if text[:1] not in ("+", "-")), None)
    if odd is not None:
        raise typer.BadParameter(f"{odd!r}: write +{odd} to give the session this tag, -{odd} to take it away")
    identity = _session_id(session_file(session))
    tags = sorted(Tags().change(identity, add=add, remove=remove) if changes else Tags().of(identity))
    if as_json:
        say_json_line({"session_id": identity, "tags": tags})
    else:
        typer.echo(" ".join(tags) or "no tags")


def _session_id(file: Path) -> str:
    from pi_host.sessionfile import read_header  # noqa: PLC0415  # as above

    header = read_header(file)
    if header is None:
        raise PersistenceError(f"{str(file)!r} has no header, and so no id that tags could belong to; see `fsck`")
    return header.id
