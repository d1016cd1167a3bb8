"""The memory against a model that is a dictionary."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pi_autonomous_session_control.memory import Change, Draft, InvalidError, MemoryStore, Scope, Search, Snapshot
from pi_autonomous_session_control.memory._merge import same_statement
from pi_autonomous_session_control.memory._snapshot import read

SCOPES = (Scope("user"), Scope("repository", "/r"), Scope("session", "s"))
#: Few words, so that duplicates happen; none of them is close to another.
WORDS = ("cache", "deploy", "gateway", "tests", "running", "8080", "8081", "not", "Größe", '"', "OR", "*")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
HOUR = 3_600_000


class Remembering(RuleBasedStateMachine):
    """Adds, changes, forgets, expires, merges and restarts; the model says what must be there."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = 1_790_000_000_000
        self.model: dict[str, dict[str, Any]] = {}
        self.store = self.opened()
        self.snapshot = Snapshot(self.store, Path(self.folder.name) / "s.json", SCOPES[1])

    def opened(self) -> MemoryStore:
        return MemoryStore(Path(self.folder.name) / "m.sqlite3", clock=lambda: self.now)

    def living(self) -> dict[str, dict[str, Any]]:
        return {name: known for name, known in self.model.items() if known["ends"] is None or known["ends"] > self.now}

    @rule(text=TEXTS, scope=st.sampled_from(SCOPES), ttl=st.none() | st.integers(1, 5))
    def add(self, text: str, scope: Scope, ttl: int | None) -> None:
        ends = None if ttl is None else self.now + ttl * HOUR
        stored = self.store.add(Draft(content=text, scope=scope, expires_at=ends))
        twins = [n for n, m in self.model.items() if m["scope"] == scope and same_statement(m["text"], text)]
        if stored.merged:
            assert stored.memory.id in twins
            known = self.model[stored.memory.id]
            known["ends"] = None if None in (known["ends"], ends) else max(known["ends"], ends)
        else:
            assert not [name for name in twins if name in self.living()]
            self.model[stored.memory.id] = {"text": text, "scope": scope, "ends": ends}

    @rule(data=st.data(), text=TEXTS)
    def edit(self, data: st.DataObject, text: str) -> None:
        name = data.draw(st.sampled_from([*self.model, "pattern-0"]))
        if name in self.living():
            self.store.edit(name, Change(content=text))
            self.model[name]["text"] = text
        else:
            try:
                self.store.edit(name, Change(content=text))
            except InvalidError:
                return
            raise AssertionError(f"{name} is gone and could be changed")

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([*self.model, "pattern-0"]))
        assert self.store.forget([name]) == ((name,) if name in self.model else ())
        self.model.pop(name, None)

    @rule(hours=st.integers(1, 3))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR
        gone = set(self.store.maintain())
        assert gone == self.model.keys() - self.living().keys()
        self.model = self.living()

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self.opened()
        self.snapshot = Snapshot(self.store, self.snapshot.path, SCOPES[1])

    @rule()
    def share(self) -> None:
        synced = self.snapshot.save()
        assert (synced.added, synced.changed, synced.forgotten, synced.message) == ((), (), (), None)
        here = {name for name, known in self.living().items() if known["scope"] == SCOPES[1]}
        assert {entry.id for entry in read(self.snapshot.path).entries} == here

    @rule(query=TEXTS, scope=st.sampled_from(SCOPES))
    def recall(self, query: str, scope: Scope) -> None:
        found = {hit.memory.id for hit in self.store.recall(Search(query, [scope], limit=1000))}
        there = {name for name, known in self.living().items() if known["scope"] == scope}
        same = {name for name in there if self.model[name]["text"] == query and any(c.isalnum() for c in query)}
        assert same <= found <= there

    @invariant()
    def holds_what_the_model_says(self) -> None:
        if not hasattr(self, "store"):
            return
        found = {memory.id: (memory.content, memory.scope, memory.expires_at) for memory in self.store.all()}
        assert found == {name: (m["text"], m["scope"], m["ends"]) for name, m in self.living().items()}
        stats = self.store.stats()
        assert stats.memories == sum(stats.by_scope.values())

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestRemembering = Remembering.TestCase
TestRemembering.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
