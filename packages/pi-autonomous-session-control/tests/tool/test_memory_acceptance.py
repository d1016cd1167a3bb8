"""M01 to M06: what the memory promises, through the tool; the store's own tests are in tests/memory."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from pi_autonomous_session_control.memory import Draft, MemoryStore, Scope, Search

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

NAME = ".pi-subagent-sessions.self-memory.json"


def entry(name: str, **changes: Any) -> dict[str, Any]:
    memory = {
        "id": name, "type": "pattern", "content": f"content of {name}", "context": "turn 1", "topic": "t",
        "topics": ["t"], "strength": 1, "createdAt": 1_700_000_000_000, "lastAccessedAt": 1_700_000_000_000,
        "accessCount": 0, "source": "crystallized", "metadata": {},
    }  # fmt: skip
    layer = changes.pop("layer", "longterm")
    return {"layer": layer, "memory": {**memory, **changes}}


def write(path: Path, *entries: dict[str, Any], version: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schemaVersion": version, "savedAt": 1, "entries": list(entries)}))


def ids(path: Path) -> set[str]:
    snapshot = json.loads(path.read_text())
    assert snapshot["schemaVersion"] == 1
    return {item["memory"]["id"] for item in snapshot["entries"]}


def test_m01_pattern_and_trap_survive_a_restart(start: Callable[..., Any]) -> None:
    before = start()
    learned = before.ask('Remember: "the tests need docker"')["data"]["patternId"]
    trap = before.ask('Mark as trap: "it breaks"', {"triggers": ["force push"]})["data"]["trapId"]
    before.close()
    after = start()
    assert [p["id"] for p in after.ask("What did I learn?")["data"]["patterns"]] == [learned]
    near = after.ask("Am I approaching a trap?", {"currentContext": "force push"})["data"]["approachingTraps"]
    assert [hit["id"] for hit in near] == [trap]
    assert ids(after.work / NAME) == {learned, trap}


def test_m02_a_malformed_file_is_safe_and_repaired_by_the_next_write(start: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / NAME).write_text("{ not json")
    mirrored = start()
    assert mirrored.ask("What did I learn?")["data"]["count"] == 0
    assert (mirrored.work / NAME).read_text() == "{ not json"
    learned = mirrored.ask('Remember: "use tabs"')["data"]["patternId"]
    assert ids(mirrored.work / NAME) == {learned}


def test_m03_a_newer_file_is_not_read_and_not_carried_over(start: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "work" / NAME, entry("pattern-1"), version=999)
    mirrored = start()
    assert mirrored.ask("What did I learn?")["data"]["count"] == 0
    learned = mirrored.ask('Remember: "use tabs"')["data"]["patternId"]
    assert ids(mirrored.work / NAME) == {learned}


def test_m04_of_mixed_entries_the_valid_ones_are_kept(start: Callable[..., Any], tmp_path: Path) -> None:
    bad = [entry("p-2", layer="nowhere"), entry("p-3", content=" "), entry("p-4", type="success"), {"layer": "recent"}]
    write(tmp_path / "work" / NAME, entry("pattern-1"), *bad)
    mirrored = start()
    assert [p["id"] for p in mirrored.ask("What did I learn?")["data"]["patterns"]] == ["pattern-1"]
    learned = mirrored.ask('Remember: "use tabs"')["data"]["patternId"]
    assert ids(mirrored.work / NAME) == {"pattern-1", learned}


def test_m05_the_folder_of_the_file_is_made(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "not" / "yet" / "there.json"
    monkeypatch.setenv("PI_SELF_MEMORY_PATH", str(path))
    learned = start().ask('Remember: "use tabs"')["data"]["patternId"]
    assert ids(path) == {learned}


def test_m06_two_writers_lose_nothing(tmp_path: Path) -> None:
    path, scope = tmp_path / "memory.sqlite3", Scope("repository", "/w")

    def write_some(name: str) -> None:
        store = MemoryStore(path)
        for number in range(20):
            store.add(Draft(content=f"{name} learned fact number {number}", scope=scope))
        store.close()

    threads = [threading.Thread(target=write_some, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    store = MemoryStore(path)
    assert len(store.search(Search("", [scope], limit=100))) == 40
    store.close()
