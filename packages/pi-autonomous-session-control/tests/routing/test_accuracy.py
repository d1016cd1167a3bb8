from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pi_autonomous_session_control.routing import DOMAIN_OF, WRITES, route

if TYPE_CHECKING:
    from collections.abc import Callable

    Corpus = Callable[[str], list[dict[str, Any]]]

_DATA = Path(__file__).parent / "data"
FROZEN = "bfa93758fe01ff4254eab06d72d0a1927acf3cd027a7b136fe4cba3c4eedf2b3"


def share(queries: list[dict[str, Any]], member: str) -> float:
    found = [(row[member], getattr(route(row["query"], row.get("context")), member)) for row in queries]
    return sum(1 for want, got in found if want == got) / len(queries)


def test_the_held_out_third_is_what_it_was_when_it_was_written() -> None:
    assert hashlib.sha256((_DATA / "heldout.jsonl").read_bytes()).hexdigest() == FROZEN


@pytest.mark.parametrize(("name", "held_out"), [("train", False), ("heldout", True)])
def test_a_query_is_in_the_part_that_its_hash_says(corpus: Corpus, name: str, held_out: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    digests = [int(hashlib.sha256(row["query"].encode()).hexdigest(), 16) for row in corpus(name)]
    assert {digest % 3 == 0 for digest in digests} == {held_out}


def test_the_corpus_is_large_and_covers_every_kind_in_every_language(corpus: Corpus) -> None:
    rows = corpus("train") + corpus("heldout")
    assert len(rows) >= 700
    assert {(row["kind"], row["lang"]) for row in rows} == {
        (kind, language) for kind in DOMAIN_OF for language in ("en", "de", "es", "fr")
    }


def test_what_must_not_be_understood_is_a_good_part_of_the_corpus(corpus: Corpus) -> None:
    rows = corpus("train") + corpus("heldout")
    assert sum(row["kind"] == "unknown" for row in rows) / len(rows) >= 0.15


def test_nothing_held_out_is_trained_on(corpus: Corpus) -> None:
    trained = {row["query"] for name in ("train", "dev", "spec") for row in corpus(name)}
    assert [row["query"] for name in ("blind", "fresh") for row in corpus(name) if row["query"] in trained] == []


@pytest.mark.parametrize(
    ("name", "domain", "kind"), [("heldout", 0.95, 0.95), ("blind", 0.95, 0.93), ("fresh", 0.95, 0.94)]
)
def test_queries_that_were_not_trained_on_are_understood(corpus: Corpus, name: str, domain: float, kind: float) -> None:
    rows = corpus(name)
    assert share(rows, "domain") >= domain
    assert share(rows, "kind") >= kind


@pytest.mark.parametrize("name", ["heldout", "blind", "fresh"])
def test_no_kind_is_missed_more_often_than_it_is_found(corpus: Corpus, name: str) -> None:
    rows = corpus(name)
    found = Counter(row["kind"] for row in rows if route(row["query"], row.get("context")).kind == row["kind"])
    assert [kind for kind, asked in Counter(row["kind"] for row in rows).items() if found[kind] * 2 < asked] == []


@pytest.mark.parametrize("name", ["train", "heldout", "dev", "blind", "fresh"])
def test_nothing_is_written_for_a_query_that_asks_for_nothing_of_the_kind(corpus: Corpus, name: str) -> None:
    taken = [row["query"] for row in corpus(name) if row.get("group") in {"negated", "question", "quoted"}]
    assert [query for query in taken if route(query).kind in WRITES] == []


@pytest.mark.parametrize("name", ["train", "heldout", "dev"])
def test_the_level_of_confidence_is_read(corpus: Corpus, name: str) -> None:
    rows = [row for row in corpus(name) if "level" in row]
    levels = [(row["query"], row["level"], route(row["query"]).slots.get("level")) for row in rows]
    assert sum(want == got for _, want, got in levels) / len(levels) >= 0.95
