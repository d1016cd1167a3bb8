"""The variables of templates: what they mean, and their values for one request."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pi_trace_headers._identity import format_traceparent, sha256, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pi_host import Context
    from pi_trace_headers._state import Request

__all__ = ["ENV", "SALTED", "VARIABLES", "Moment", "Scene", "moment_of"]

#: What each variable is, for people.
VARIABLES: Final[Mapping[str, str]] = {
    "session.id": "pi's id of the session",
    "session.external_id": "the id that PI_TRACE_SESSION gives to this session",
    "session.name": "the name given to the session; whatever the user wrote, so name it only where that may be read",
    "session.parent_id": "pi's id of the session that this one was forked from, or whose tool started this pi",
    "session.file_hash": "salted hash of the session file's path",
    "session.file_uuid": "UUID of the session file's path, as Opper's own command line makes it",
    "trace.id": "W3C trace id, 32 hex digits",
    "trace.uuid": "a UUID made of the trace id",
    "traceparent": "W3C traceparent of this request",
    "tracestate": "W3C tracestate that came with the parent",
    "baggage": "W3C baggage with the session's and the run's id",
    "span.id": "span of this request, 16 hex digits",
    "parent_span.id": "span that this request is part of, 16 hex digits",
    "run.id": "id of the agent run: all that follows from one prompt",
    "turn": "number of the turn in its run, from 0",
    "request.n": "number of the request in this session and process, from 1",
    "attempt": "1, or more when pi tries a request again",
    "model.provider": "the provider's name",
    "model.id": "the model's id",
    "cwd.hash": "salted hash of the working directory",
    "git.sha": "commit that the working directory is at",
    "user.hash": "salted hash of the user's login name",
}

#: Variables that hash something guessable, so that a salt is needed.
SALTED: Final = frozenset({"cwd.hash", "session.file_hash", "user.hash"})

#: What stands before the name of an environment variable.
ENV: Final = "env."

_HASH: Final = 32  # hex digits

#: What Opper's command line takes in place of the path of a session that has no file.
_PROCESS: Final = f"pi-proc-{os.getppid()}-{time.monotonic_ns()}"


class Moment(NamedTuple):
    """What pi is doing when it makes a request.

    Attributes:
        model: the model as pi describes it; empty for none.
        mode: how pi runs.
        cwd: the session's working directory.
        session_file: path of the session's file, ``None`` for a session in memory.
        session_name: the session's name.
    """

    model: Mapping[str, Any]
    mode: str
    cwd: str
    session_file: str | None
    session_name: str | None


def moment_of(ctx: Context) -> Moment:
    """Return what pi is doing now."""
    session = ctx.session
    return Moment(ctx.model or {}, ctx.mode, ctx.cwd, session.file, session.name)


class Scene:
    """Gives the variables' values for one request.

    Args:
        request: the request.
        moment: pi at that moment.
        salt: goes into the hashes.
        environ: the environment variables that templates may read.
    """

    def __init__(self, request: Request, moment: Moment, *, salt: str, environ: Mapping[str, str]) -> None:
        self.request = request
        self.moment = moment
        self._salt = salt
        self._environ = environ

    def value(self, variable: str) -> str | None:
        """Return a variable's value; ``None`` if it has none now, and for an empty one."""
        if variable.startswith(ENV):
            return self._environ.get(variable.removeprefix(ENV)) or None
        return _VALUES[variable](self) or None

    def salted(self, text: str | None) -> str | None:
        """Return the salted hash of ``text``."""
        return sha256(f"{self._salt}\0{text}")[:_HASH] if text and self._salt else None


def _traceparent(scene: Scene) -> str:
    request = scene.request
    return format_traceparent(request.identity.trace_id, request.span_id, sampled=request.identity.sampled)


def _baggage(scene: Scene) -> str:
    identity = scene.request.identity
    members = [("session.id", identity.session_id), ("pi.run.id", identity.run_id)]
    return ",".join(f"{key}={_quoted(value)}" for key, value in members if value)


def _quoted(value: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415  # only who sends baggage needs it

    return quote(value)


def _commit(scene: Scene) -> str | None:
    from pi_trace_headers._git import commit_of  # noqa: PLC0415  # only who asks for the commit needs it

    return commit_of(scene.moment.cwd)


def _user(scene: Scene) -> str | None:
    import getpass  # noqa: PLC0415  # only who asks for the user needs it

    try:
        return scene.salted(getpass.getuser())
    except (KeyError, OSError, ImportError):  # a container's user need not have a name
        return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


_VALUES: Final[dict[str, Callable[[Scene], str | None]]] = {
    "session.id": lambda scene: scene.request.identity.session_id,
    "session.external_id": lambda _: os.environ.get("PI_TRACE_SESSION"),
    "session.name": lambda scene: scene.moment.session_name,
    "session.parent_id": lambda scene: scene.request.identity.parent_session_id,
    "session.file_hash": lambda scene: scene.salted(scene.moment.session_file),
    "session.file_uuid": lambda scene: uuid5(scene.moment.session_file or _PROCESS),
    "trace.id": lambda scene: scene.request.identity.trace_id,
    "trace.uuid": lambda scene: uuid5(scene.request.identity.trace_id),
    "traceparent": _traceparent,
    "tracestate": lambda scene: scene.request.identity.tracestate,
    "baggage": _baggage,
    "span.id": lambda scene: scene.request.span_id,
    "parent_span.id": lambda scene: scene.request.parent_span_id,
    "run.id": lambda scene: scene.request.identity.run_id,
    "turn": lambda scene: _text(scene.request.turn),
    "request.n": lambda scene: str(scene.request.number),
    "attempt": lambda scene: str(scene.request.attempt),
    "model.provider": lambda scene: _text(scene.moment.model.get("provider")),
    "model.id": lambda scene: _text(scene.moment.model.get("id")),
    "cwd.hash": lambda scene: scene.salted(scene.moment.cwd),
    "git.sha": _commit,
    "user.hash": _user,
}
