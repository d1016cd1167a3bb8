"""Files made at random mean to this library what they mean to pi's own session manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, assume, example, given, settings
from sessionfile_support import HEADER, damaged, entry, rendered, trees, user, without_times

from pi_host.sessionfile import Session

if TYPE_CHECKING:
    from sessionfile_support import Fields, Reference

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ours(session: Session) -> Fields:
    header, leaf, context = session.header, session.leaf, session.context()
    parts = session.projection().parts
    ids = [entry.id for entry in session.entries if entry.id]
    return {
        "header": header.fields if header else None,
        "leaf": leaf.id if leaf else None,
        "branch": [entry.id for entry in session.path()] if leaf and leaf.id else [],
        "branches": {name: [entry.id for entry in session.path(name)] for name in ids},
        "children": {name: {entry.id for entry in session.children(name) if entry.id} for name in ids},
        "labels": {name: session.labels.get(name) for name in ids},
        "name": session.name,
        "messages": without_times([message for part in parts for message in part.messages]),
        "sent": without_times(context.messages),
        "model": {"provider": context.model.provider, "modelId": context.model.id} if context.model else None,
        "thinkingLevel": context.thinking_level,
    }


def pis(answer: Fields) -> Fields:
    # An empty id is none: pi can't find an entry by it either.
    children = {name: {entry_id for entry_id in found if entry_id} for name, found in answer["children"].items()}
    return {**answer, "leaf": answer["leaf"] or None, "children": children}


@PATIENT
@given(lines=trees())
def test_a_tree_is_understood_alike(lines: list[Fields], reference: Reference) -> None:
    data = rendered(*lines)

    assert ours(Session.parse(data)) == pis(reference.ask(data))


@PATIENT
@given(data=damaged(trees()))
@example(data=rendered(HEADER, user("a", None, "x"), entry("b", "a", "message", message="text"), user("c", "b", "y")))
@example(data=rendered(HEADER, user("a", None, "x")) + b'{"type":"custom","parentId":"a"}')
def test_a_damaged_file_is_understood_alike(data: bytes, reference: Reference) -> None:
    session = Session.parse(data)
    codes = {oddity.code for oddity in session.oddities}
    # pi follows a cycle until its memory is full.
    assume(not codes & {"cycle", "self-parent"})
    answer = reference.ask(data)

    if answer.get("error", "").startswith("TypeError"):
        assert "malformed" in codes
    elif "error" in answer:
        assert session.header is None
    elif data:
        assert ours(session) == pis(answer)
