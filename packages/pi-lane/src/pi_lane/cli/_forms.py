"""The published forms: JSON as everything written for ``pil --json`` reads it, and the ``pi_context`` text for models.

Both hold what is in the files as it is. Ours are the members ``leases`` and ``summary``, and ``liveness`` of instances.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_lane.cli._view import Lane, Terminal, View
    from pi_lane.store import Waiter

__all__ = ["Kind", "as_context", "as_data", "common"]

Kind = Literal["self", "instances", "lanes", "status", "doctor", "graph"]

_SCHEMA_VERSION: Final = 1


def common(kind: Kind, view: View) -> dict[str, Any]:
    """Return the members that all forms have; what is not known is an empty text."""
    identity = view.identity
    return {
        "kind": f"pil.{kind}",
        "schemaVersion": _SCHEMA_VERSION,
        "sessionId": identity.session_id or "",
        "sessionKey": view.paths.key,
        "sessionFile": identity.session_file or "",
        "instanceId": identity.instance_id or "",
        "lane": view.current,
        "root": str(identity.root),
    }


def as_data(kind: Kind, view: View) -> dict[str, Any]:
    """Return what a command shows, for programs."""
    data = common(kind, view)
    if kind in {"lanes", "status", "doctor"}:
        data["lanes"] = sorted(
            (lane.cursor for lane in view.lanes if lane.cursor is not None), key=lambda cursor: str(cursor.get("name"))
        )
        data["leases"] = [_lease(lane, view) for lane in view.lanes]
    if kind in {"instances", "status", "doctor"}:
        data["instances"] = [_instance(terminal) for terminal in view.terminals]
    if kind in {"status", "doctor"}:
        live = sum(terminal.live for terminal in view.terminals)
        data["summary"] = {
            "laneCount": len(view.lanes),
            "instanceCount": len(view.terminals),
            "liveInstanceCount": live,
            "staleInstanceCount": len(view.terminals) - live,
        }
    return data


def as_context(kind: Kind, view: View) -> str:
    """Return what a command shows as one ``pi_context`` element, for the context of a model."""
    data = as_data(kind, view)
    names = {"session_id": "sessionId", "session_key": "sessionKey", "instance_id": "instanceId", "lane": "lane"}
    values = {"source": "pil", "kind": data["kind"], "schema_version": str(_SCHEMA_VERSION)}
    values |= {name: data[member] for name, member in names.items()}
    attributes = " ".join(f'{name}="{_attribute(value)}"' for name, value in values.items() if value)
    live = sum(terminal.live for terminal in view.terminals)
    summary = f"{len(view.lanes)} lanes; {len(view.terminals)} instances; {live} live"
    lines = [f"<pi_context {attributes}>", "<summary>", summary, "</summary>"]
    if kind in {"lanes", "status"}:
        lines += (f"- {_pairs(_lane_facts(lane))}" for lane in view.lanes)
    if kind in {"instances", "status"}:
        lines += (f"- {_pairs(_instance_facts(terminal))}" for terminal in view.terminals)
    return "\n".join((*lines, "</pi_context>"))


def _instance(terminal: Terminal) -> dict[str, Any]:
    data = {
        "instanceId": terminal.id,
        **terminal.data,
        "status": terminal.text("status") or "unknown",
        "lastSeenAt": terminal.text("lastSeenAt") or terminal.text("updatedAt"),
        "live": terminal.live,
        "stale": not terminal.live,
        "liveness": terminal.liveness.value if terminal.liveness else "unknown",
    }
    return data if terminal.age_ms is None else data | {"lastSeenAgeMs": terminal.age_ms}


def _lease(lane: Lane, view: View) -> dict[str, Any]:
    state = lane.state
    data = {"version": lane.version, **msgspec.to_builtins(state), "head": lane.head, "headEpoch": lane.epoch}
    data["lane"] = lane.name
    if state.owner:
        data["owner"] |= {"liveness": _word(state.owner.instance_id, view)}
    data["queue"] = [
        {"place": place, **msgspec.to_builtins(waiter), "liveness": _word(waiter.instance_id, view)}
        for place, waiter in enumerate(state.queue, 1)
    ]
    if lane.foreign:
        claim = lane.foreign
        data["foreign"] = {
            "tool": claim.tool,
            "instanceId": claim.instance_id,
            "pid": claim.pid,
            "since": claim.since,
            "fresh": claim.fresh,
        }
    if lane.problem:
        data["problem"] = lane.problem
    return data


def _word(instance_id: str, view: View) -> str:
    found = view.liveness.get(instance_id)
    return found.value if found else "unknown"


def _lane_facts(lane: Lane) -> Iterator[tuple[str, str]]:
    yield "lane", lane.name
    yield "head", lane.head or "<empty>"
    yield "epoch", str(lane.epoch)
    if lane.state.owner:
        yield "owner", lane.state.owner.instance_id
    elif lane.foreign and lane.foreign.fresh:
        yield "owner", f"{lane.foreign.tool}:{lane.foreign.instance_id}"
    if lane.state.queue:
        yield "waiting", ",".join(_ids(lane.state.queue))


def _instance_facts(terminal: Terminal) -> Iterator[tuple[str, str]]:
    yield "instance", terminal.id
    yield "live", "true" if terminal.live else "false"
    yield "status", terminal.text("status") or "unknown"
    yield "lane", terminal.text("lane")
    yield "last_seen", terminal.text("lastSeenAt")


def _ids(queue: tuple[Waiter, ...]) -> Iterator[str]:
    return (waiter.instance_id for waiter in queue)


def _pairs(facts: Iterator[tuple[str, str]]) -> str:
    return " ".join(f"{name}={_body(value)}" for name, value in facts)


def _attribute(value: str) -> str:
    shown = escape(value, quote=True).replace("&#x27;", "'")
    return shown.replace("\r", "&#13;").replace("\n", "&#10;")


def _body(value: str) -> str:
    # What a file says must neither end the element nor look like a further line of ours.
    return " ".join(value.split()).replace("</", "<\\/")
