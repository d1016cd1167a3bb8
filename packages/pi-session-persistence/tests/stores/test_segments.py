"""How much goes to a store and comes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_session_persistence.stores import Vault, _segments, _vault

if TYPE_CHECKING:
    import pytest
    from memory_store import MemoryStore
    from session_stage import Tale
    from store_machines import MemoryMachine as Machine


def test_only_what_is_new_is_written(one: Machine, store: MemoryStore, tale: Tale) -> None:
    tale.tool("x" * 100_000)
    one.write(tale.data)
    one.do("push")
    before = set(store.objects)
    size = len(tale.data)
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    (key,) = set(store.objects) - before
    head = Vault(store).head("TASK")
    assert head is not None
    first = tale.data.index(b"\n") + 1
    assert [segment.size for segment in head.manifest.segments] == [first, size - first, len(tale.data) - size]
    assert key.endswith(f"{head.manifest.segments[2].sha256}.zst")


def test_many_small_steps_make_few_segments(one: Machine, two: Machine, tale: Tale) -> None:
    for number in range(1, 101):
        tale.turn("more", "yes" * number)
        one.write(tale.data)
        one.do("push")
        head = Vault(one.store).head("TASK")
        assert head is not None
        assert len(head.manifest.segments) <= 2 + number.bit_length()
    one.store.operations.clear()
    two.do("pull")
    assert two.data == tale.data
    assert sum(operation.endswith(".zst") for operation in one.store.operations) <= 8


def test_what_is_here_already_is_not_read_again(one: Machine, two: Machine, tale: Tale) -> None:
    tale.tool("x" * 50_000)
    one.write(tale.data)
    one.do("push")
    two.do("pull")
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    outcome = two.do("pull")
    assert (outcome.action, outcome.entries, outcome.segments) == ("pulled", 2, 1)
    assert two.data == tale.data


def test_a_session_that_moved_to_another_folder_costs_its_first_line(one: Machine, two: Machine, tale: Tale) -> None:
    for _ in range(5):
        tale.tool("x" * 1000)
        one.write(tale.data)
        one.do("push")
    two.do("pull")
    one.write(tale.data.replace(b"/work/proj", b"/a/longer/folder/than/before"))
    assert one.do("push").segments == 1
    assert two.do("pull").segments == 1
    assert two.data == one.data


def test_a_long_file_is_cut(one: Machine, two: Machine, tale: Tale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_segments, "LONGEST", 1000)
    tale.tool("y" * 5500)
    one.write(tale.data)
    one.do("push")
    tale.tool("z" * 300)
    one.write(tale.data)
    one.do("push")
    head = Vault(one.store).head("TASK")
    assert head is not None
    assert max(segment.size for segment in head.manifest.segments) == 1000
    two.do("pull")
    assert two.data == tale.data


def test_what_nothing_refers_to_is_swept_when_it_is_old(one: Machine, tale: Tale) -> None:
    def push(times: int) -> None:
        for _ in range(times):
            tale.turn("more", "yes")
            one.write(tale.data)
            one.do("push")

    push(_vault._SWEEP_EVERY)
    before = set(one.store.objects)
    push(_vault._SWEEP_EVERY)
    assert before <= set(one.store.objects)
    for key, (data, generation, at) in list(one.store.objects.items()):
        one.store.objects[key] = (data, generation, at.replace(year=2020))
    push(_vault._SWEEP_EVERY)
    assert len(before - set(one.store.objects)) > 5
    head = Vault(one.store).head("TASK")
    assert head is not None
    assert Vault(one.store).content(head.manifest) == tale.data
