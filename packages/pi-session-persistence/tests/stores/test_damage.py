"""What is damaged in a store, or here, never takes the place of what is whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence import Registry
from pi_session_persistence.stores import NotStoredError, Place, StoreDamagedError, StoreError, Vault, reconcile

if TYPE_CHECKING:
    from memory_store import MemoryStore
    from store_machines import MemoryMachine as Machine


def test_a_damaged_store_is_told_and_the_file_stays(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    (key,) = (key for key, (data, _, _) in one.store.objects.items() if key.endswith(".zst") and len(data) > 200)
    two.write(tale.data[:-200].rpartition(b"\n")[0] + b"\n")
    before = two.data
    data, generation, at = one.store.objects[key]
    for damage in (b"", b"garbage", data[:-3], bytes(len(data))):
        one.store.objects[key] = (damage, generation, at)
        with pytest.raises(StoreDamagedError):
            two.do("pull")
        assert two.data == before
    del one.store.objects[key]
    with pytest.raises(NotStoredError, match="lacks a part"):
        two.do("pull")


def spoil(store: MemoryStore, which: str) -> None:
    """Damage what is under the keys that end so."""
    for key, (data, generation, at) in list(store.objects.items()):
        if key.endswith(which):
            store.objects[key] = (bytes([data[0] ^ 1]) + data[1:], generation, at)


@pytest.mark.parametrize("which", [".zst", "head.json"])
def test_what_is_damaged_in_the_store_is_put_anew_from_where_it_is_whole(
    one: Machine, two: Machine, tale: Tale, which: str
) -> None:
    one.write(tale.data)
    one.do("push")
    spoil(one.store, which)
    with pytest.raises(StoreDamagedError, match="push --mend"):
        two.do("pull")
    assert one.do("push", mend=True).action in ("same", "pushed")
    two.do("pull")
    assert two.data == tale.data
    assert [key for key in one.store.objects if "damaged-" in key] or which == ".zst"


def test_what_only_the_damaged_part_had_comes_back_from_who_has_it(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.do("pull")
    first = set(one.store.objects)
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    for key in set(one.store.objects) - first:
        del one.store.objects[key]
    with pytest.raises(NotStoredError, match="lacks a part"):
        two.do("sync")
    assert two.do("push", mend=True).action == "pushed"
    assert one.do("sync").action == "pushed"
    assert two.do("sync").action == "pulled"
    assert two.data == tale.data


def test_mending_what_is_whole_changes_nothing(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.do("pull")
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    before = dict(one.store.objects)
    assert one.do("push", mend=True).action == "same"
    assert two.do("push", mend=True).action == "behind"
    assert one.store.objects == before


def test_the_manifest_of_another_session_is_refused(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    other = Place("OTHER", one.file.with_name("other.jsonl"), Registry(one.home))
    Tale("s-2").write(other.file)
    reconcile(one.store, other, "push")
    keys = {key.split("-")[0]: key for key in one.store.objects if key.endswith("head.json")}
    one.store.objects[keys["sessions/task"]] = one.store.objects[keys["sessions/other"]]
    with pytest.raises(StoreDamagedError, match="another session, 'OTHER'"):
        two.do("pull")


def test_a_damaged_file_does_not_take_the_place_of_a_good_one(one: Machine, tale: Tale) -> None:
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("sync")
    lines = tale.data.splitlines(keepends=True)
    one.write(b"".join([*lines[:2], b"garbage\n", *lines[3:]]))
    for way in ("push", "sync"):
        with pytest.raises(StoreError, match="fsck --repair"):
            one.do(way)
    assert Vault(one.store).content(Vault(one.store).heads()[0][0]) == tale.data


def test_a_manifest_that_asks_for_the_moon_is_refused(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    for key, (data, generation, at) in list(one.store.objects.items()):
        if key.endswith("head.json"):
            head = json.loads(data)
            head["segments"][0]["size"] = 10**15
            one.store.objects[key] = (json.dumps(head).encode(), generation, at)
    with pytest.raises(StoreDamagedError):
        two.do("pull")


def test_a_newer_format_is_left_alone(one: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    key = next(key for key in one.store.objects if key.endswith("head.json"))
    data, generation, at = one.store.objects[key]
    one.store.objects[key] = (data.replace(b'"format": 1', b'"format": 2'), generation, at)
    with pytest.raises(StoreDamagedError, match="newer"):
        one.do("sync")
