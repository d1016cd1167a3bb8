"""Oddities of the tree: what no line shows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host.sessionfile._oddity import Oddity, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pi_host.sessionfile._entry import Entry
    from pi_host.sessionfile._oddity import Code

__all__ = ["structural"]


def structural(entries: Iterable[Entry], by_id: Mapping[str, Entry]) -> list[Oddity]:
    """Return what is odd about the tree of ``entries``.

    Args:
        entries: all of them, in file order.
        by_id: the entry that an id stands for; the last one where several have the same.
    """
    found: list[Oddity] = []
    backward = True
    for entry in entries:
        parent = by_id.get(entry.parent_id) if entry.parent_id is not None else None
        if parent is not None and parent.line >= entry.line:
            backward = False
        elif entry.target_id is None and (parent is not None or entry.parent_id is None) and _unique(entry, by_id):
            continue
        found += _of_entry(entry, by_id)
    # Where each parent stands before its children there are no cycles.
    return found if backward else [*found, *_cycles(entries, by_id)]


def _unique(entry: Entry, by_id: Mapping[str, Entry]) -> bool:
    return entry.id is None or by_id[entry.id] is entry


def _of_entry(entry: Entry, by_id: Mapping[str, Entry]) -> Iterator[Oddity]:
    parent, target = entry.parent_id, entry.target_id
    if entry.id is not None and not _unique(entry, by_id):
        yield _odd(
            "duplicate-id", entry, f"id {shown(entry.id)} is used again in line {by_id[entry.id].line}, which holds"
        )
    if parent is not None and parent not in by_id:
        yield _odd("orphan", entry, f"no entry has the id {shown(parent)} of its parent")
    if parent is not None and parent == entry.id:
        yield _odd("self-parent", entry, f"entry {shown(entry.id)} is its own parent")
    if target is not None and target not in by_id:
        yield _odd("bad-reference", entry, f"a {entry.type} about {shown(target)}, an id that no entry has")


def _cycles(entries: Iterable[Entry], by_id: Mapping[str, Entry]) -> Iterator[Oddity]:
    done: set[str] = set()
    for start in entries:
        path: dict[str, Entry] = {}
        current: Entry | None = start
        while current is not None and current.id is not None and current.id not in done and current.id not in path:
            path[current.id] = current
            current = by_id.get(current.parent_id) if current.parent_id is not None else None
        if current is not None and current.id in path and current.parent_id != current.id:
            ids = list(path)
            ring = [by_id[name] for name in ids[ids.index(current.id) :]]
            first = min(ring, key=lambda entry: entry.line)
            yield _odd("cycle", first, f"entries that are their own ancestors: {shown([e.id for e in ring])}")
        done.update(path)


def _odd(code: Code, entry: Entry, message: str) -> Oddity:
    return Oddity(code, entry.line, entry.offset, entry.length, message)
