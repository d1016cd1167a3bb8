"""``pi-session push``, ``pull`` and ``sync``: sessions kept somewhere else, too."""

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, TypeAlias

import typer

from pi_host.commandline import AsJson
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._options import WhichCompat, registry
from pi_session_persistence.cli._output import say_error
from pi_session_persistence.cli._progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.cli._moved import Told
    from pi_session_persistence.registry import Registry
    from pi_session_persistence.stores import Place, Store, Way

__all__ = ["pull", "push", "sync"]

_FAILED: Final = 1
_NOT_RUN: Final = 2

_Ids: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="External ids; or what other commands call a session.")
]
_Where: TypeAlias = Annotated[
    str, typer.Option("--store", metavar="WHERE", envvar="PI_SESSION_STORE", help="The store: a folder, or KIND:PLACE.")
]
_All: TypeAlias = Annotated[bool, typer.Option("--all", help="All with an external id, and all that are in the store.")]
_Create: TypeAlias = Annotated[bool, typer.Option("--create", help="Make the store, if there is none.")]
_Dry: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]


class _Asked(NamedTuple):
    way: "Way"
    names: list[str]
    dry_run: bool
    as_json: bool
    create: bool = False
    mend: bool = False


def push(  # noqa: PLR0913  # a command line
    ids: _Ids = None,
    *,
    store: _Where,
    everything: _All = False,
    create: _Create = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="Read what is in the store, and put anew what is damaged there.")
    ] = False,
    dry_run: _Dry = False,
    as_json: AsJson = False,
    compat: WhichCompat = None,
) -> None:
    """Take sessions to a store, where other machines get them from; only what is new goes there.

    A session that was changed here and elsewhere is kept twice: under its id there is what the store has, and what was
    here goes on as a fork with an id of its own. Ends with 0, with 1 if there was such a conflict or something failed,
    with 2 if nothing could be done.

    [bold]Examples[/bold]

      pi-session push TASK-7 --store /mnt/nas/pi-sessions --create
      PI_SESSION_STORE=~/Sync/pi pi-session push --all
      pi-session push TASK-7 --mend --store /mnt/nas/pi-sessions
    """
    names = _names(ids, everything=everything)
    _run(store, registry(compat), _Asked("push", names, dry_run, as_json, create, mend))


def pull(  # noqa: PLR0913  # a command line
    ids: _Ids = None,
    *,
    store: _Where,
    everything: _All = False,
    dry_run: _Dry = False,
    as_json: AsJson = False,
    compat: WhichCompat = None,
) -> None:
    """Bring sessions from a store; nothing in the store is changed.

    A session that was changed here and elsewhere is kept twice, as with push; it ends as push does, too.

    [bold]Examples[/bold]

      pi-session pull TASK-7 --store /mnt/nas/pi-sessions
      pi-session pull --all --dry-run --store /mnt/nas/pi-sessions
    """
    names = _names(ids, everything=everything)
    _run(store, registry(compat), _Asked("pull", names, dry_run, as_json))


def sync(  # noqa: PLR0913  # a command line
    ids: _Ids = None,
    *,
    store: _Where,
    everything: _All = False,
    create: _Create = False,
    dry_run: _Dry = False,
    as_json: AsJson = False,
    compat: WhichCompat = None,
) -> None:
    """Bring sessions here and in a store to the same state, whichever side has more.

    A session that was changed here and elsewhere is kept twice, as with push; it ends as push does, too.

    [bold]Examples[/bold]

      pi-session sync --all --store ~/Sync/pi
      pi-session sync TASK-7 TASK-8 --json --store /mnt/nas/pi-sessions
    """
    names = _names(ids, everything=everything)
    _run(store, registry(compat), _Asked("sync", names, dry_run, as_json, create))


def _names(ids: list[str] | None, *, everything: bool) -> list[str]:
    if bool(ids) == everything:
        raise typer.BadParameter("name sessions, or say --all")
    return ids or []


def _run(where: str, ids: "Registry", asked: _Asked) -> None:
    from pi_session_persistence.cli._moved import say  # noqa: PLC0415  # `--help` needs no store
    from pi_session_persistence.stores import open_store  # noqa: PLC0415  # as above

    try:
        store = open_store(where, create=asked.create)
        places, told = _chosen(store, ids, asked)
    except PersistenceError as error:
        say_error(str(error))
        raise typer.Exit(_NOT_RUN) from error
    told += _moved(store, places, asked)
    say(told, as_json=asked.as_json)
    if not told and not asked.as_json:
        typer.echo(f"there is nothing to {asked.way}")
    if any(one.bad for one in told):
        raise typer.Exit(_FAILED)


def _chosen(store: "Store", ids: "Registry", asked: _Asked) -> "tuple[list[Place], list[Told]]":
    """Return the sessions to move, and what is wrong with the others.

    Raises:
        StoreGoneError: the store can't be reached.
        PersistenceError: the registry can't be read.
    """
    from pi_session_persistence.cli._choosing import every, named  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._moved import failed  # noqa: PLC0415  # as above
    from pi_session_persistence.stores import StoreGoneError  # noqa: PLC0415  # as above

    if not asked.names:
        found, failures = every(store, asked.way, ids)
        return found, [failed("", failure) for failure in failures]
    places: dict[str, Place] = {}
    told = []
    for name in asked.names:
        try:
            place = named(store, name, ids)
        except StoreGoneError:
            raise
        except PersistenceError as error:
            told.append(failed(name, error))
        else:
            places[place.id] = place
    return list(places.values()), told


def _moved(store: "Store", places: "list[Place]", asked: _Asked) -> "Iterator[Told]":
    from pi_session_persistence.cli._moved import failed  # noqa: PLC0415  # as above
    from pi_session_persistence.stores import StoreGoneError  # noqa: PLC0415  # as above

    with progress(f"{asked.way} sessions") as show:
        for done, place in enumerate(places):
            if show is not None:
                show(done, len(places))
            try:
                yield _one(store, place, asked)
            except StoreGoneError as error:
                yield failed(place.id, error)
                if left := [other.id for other in places[done + 1 :]]:
                    yield failed(left[0], PersistenceError(f"{len(left)} more were not looked at, from {left[0]!r} on"))
                return


def _one(store: "Store", place: "Place", asked: _Asked) -> "Told":
    from pi_session_persistence.cli._moved import failed, moved, planned  # noqa: PLC0415  # as above
    from pi_session_persistence.stores import StoreGoneError, preview, reconcile  # noqa: PLC0415  # as above

    try:
        if asked.dry_run:
            return planned(place, preview(store, place, asked.way))
        return moved(reconcile(store, place, asked.way, mend=asked.mend))
    except StoreGoneError:
        raise
    except (PersistenceError, OSError) as error:
        return failed(place.id, error)
