from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence import BusyError, Registry
from pi_session_persistence.stores import ForkedError, StoreCourier, StoreGoneError, Vault, checkout, place_for

if TYPE_CHECKING:
    from memory_store import MemoryStore

    from pi_session_persistence.stores import Fork


@pytest.fixture
def here(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "there")


def stored(store: MemoryStore) -> bytes:
    vault = Vault(store)
    head = vault.head("TASK")
    return vault.content(head.manifest) if head is not None else b""


def test_a_session_goes_on_on_another_machine(store: MemoryStore, here: Registry, there: Registry) -> None:
    tale = Tale("s-1")
    for registry in (here, there, here):
        with checkout(store, "TASK", registry) as file:
            assert not file.exists() or file.read_bytes() == tale.data
            tale.turn("more", "yes")
            file.write_bytes(tale.data)
    assert stored(store) == tale.data


def test_a_new_session_that_was_not_begun_is_none(store: MemoryStore, here: Registry) -> None:
    with checkout(store, "TASK", here) as file:
        assert not file.exists()
    assert stored(store) == b""


def test_it_is_locked_meanwhile(store: MemoryStore, here: Registry) -> None:
    with checkout(store, "TASK", here), pytest.raises(BusyError), checkout(store, "TASK", here):
        pass


def test_what_a_failed_block_wrote_is_taken_back_too(store: MemoryStore, here: Registry) -> None:
    tale = Tale("s-1")

    def fail() -> None:
        with checkout(store, "TASK", here) as file:
            file.write_bytes(tale.data)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert stored(store) == tale.data


def test_a_conflict_keeps_both_and_says_so(store: MemoryStore, here: Registry, there: Registry) -> None:
    one, two = Tale("s-1"), Tale("s-1", prefix="x")
    one.turn("here", "yes")
    two.turn("there", "yes")

    def run_here() -> None:
        with checkout(store, "TASK", here) as file:
            file.write_bytes(one.data)
            with checkout(store, "TASK", there) as other:
                other.write_bytes(two.data)

    with pytest.raises(ForkedError, match="nothing is lost") as caught:
        run_here()
    assert caught.value.file.read_bytes() == two.data
    assert b'"here"' in caught.value.fork.read_bytes()
    assert caught.value.fork_id in [manifest.id for manifest in Vault(store).heads()[0]]


def test_a_store_that_goes_away_meanwhile_gets_it_the_next_time(store: MemoryStore, here: Registry) -> None:
    tale = Tale("s-1")
    tale.turn("a", "b")

    def run() -> None:
        with checkout(store, "TASK", here) as file:
            file.write_bytes(tale.data)
            store.fails = lambda _: "before"

    with pytest.raises(StoreGoneError):
        run()
    store.fails = lambda _: None
    with checkout(store, "TASK", here) as file:
        assert file.read_bytes() == tale.data
    assert stored(store) == tale.data


def test_the_courier_of_a_run_does_the_same(store: MemoryStore, here: Registry, there: Registry) -> None:
    tale = Tale("s-1")

    async def run(registry: Registry) -> None:
        courier = StoreCourier(store, registry)
        record = registry.claim("TASK")
        await courier.fetch(record)
        tale.turn("more", "yes")
        record.pi_file.write_bytes(tale.data)
        await courier.deliver(record)

    for registry in (here, there):
        asyncio.run(run(registry))
    assert stored(store) == tale.data


def test_what_was_set_aside_in_the_store_is_told(store: MemoryStore, here: Registry, there: Registry) -> None:
    one, two = Tale("s-1"), Tale("s-1", prefix="x")
    one.turn("here", "yes")
    two.turn("there", "yes")
    told: list[Fork] = []

    async def run(registry: Registry, tale: Tale) -> None:
        courier = StoreCourier(store, registry, on_fork=told.append)
        record = registry.claim("TASK")
        await courier.fetch(record)
        record.pi_file.write_bytes(tale.data)
        await courier.deliver(record)

    asyncio.run(run(there, two))
    (head,) = (key for key in store.objects if key.endswith("/head.json"))
    store.objects[head.replace("head", "head (conflicted copy)")] = store.objects.pop(head)
    asyncio.run(run(here, one))
    (fork,) = told
    assert (fork.id[:5], b"there" in fork.file.read_bytes()) == ("TASK~", True)


@pytest.mark.parametrize(
    ("name", "cwd", "expected"),
    [
        ("2026-03-01T10-00-00-000Z_s-1.jsonl", "/home/u/proj", "--home-u-proj--/2026-03-01T10-00-00-000Z_s-1.jsonl"),
        ("../../x.jsonl", "/a", "--a--/s-1-"),
        (".hidden.jsonl", "../../..", "--..-..-..--/s-1-"),
        ("x.sh", "", "----/s-1-"),
    ],
)
def test_a_session_from_elsewhere_goes_where_pi_would_keep_it(name: str, cwd: str, expected: str) -> None:
    place = place_for("s-1", name, cwd)
    sessions = Path.home() / ".pi" / "agent" / "sessions"
    assert str(place.relative_to(sessions)).startswith(expected)
    assert len(place.relative_to(sessions).parts) == 2
