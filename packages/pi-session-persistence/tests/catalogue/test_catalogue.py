from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from catalogue_support import HOUR_MS, many, stems
from hypothesis import given, settings
from hypothesis import strategies as st
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence.catalogue import Catalogue, Filters, Places, Wanted
from pi_session_persistence.catalogue import _indexing as indexing
from pi_session_persistence.catalogue import _reading as reading

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_row_tells_what_is_in_the_session(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale("s-1", cwd="/work/proj")
    tale.turn("find the pear\nplease", "looking", calls={"bash": {"command": "ls"}}, cost=0.5, tokens=10)
    tale.tool("not here", error=True)
    tale.back_to("e1")
    tale.assistant("elsewhere", cost=0.25, tokens=5, model="other")
    tale.add("session_info", name=" The\n pear ")
    tale.write(folder / "--work-proj--" / "one.jsonl")
    catalogue.refresh(Places((folder,)))
    (row,) = catalogue.sessions()
    assert (row.session_id, row.name, row.cwd, row.first) == ("s-1", "The pear", "/work/proj", "find the pear please")
    assert (row.entries, row.prompts, row.answers, row.branches, row.leaf) == (5, 1, 2, 2, "e5")
    assert (row.provider, row.model, row.tokens, row.cost, row.failures) == ("scripted", "other", 30, 0.75, 1)
    assert (row.created, row.modified, row.damage) == (BEGIN_MS, BEGIN_MS + 4 * 60_000, ())


def test_only_new_bytes_are_read(catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tale = Tale()
    for number in range(50):
        tale.turn(f"prompt {number}", "answer " * 100)
    file = tale.write(folder / "s.jsonl")
    catalogue.refresh(Places((folder,)))
    before = len(tale.data)
    tale.turn("one more", "yes")
    file.write_bytes(tale.data)
    read: list[bytes] = []
    real = reading.items

    def items(raw: bytes, state: object) -> object:
        read.append(raw)
        return real(raw, state)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(reading, "items", items)
    catalogue.refresh(Places((folder,)))
    assert b"".join(read) == tale.data[before:]
    assert catalogue.sessions()[0].prompts == 51


def test_what_did_not_change_is_not_opened(catalogue: Catalogue, folder: Path) -> None:
    file = Tale().write(folder / "s.jsonl")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert catalogue.refresh(Places((folder,))).indexed == 1
    assert catalogue.refresh(Places((folder,))).indexed == 0


def test_a_change_in_the_middle_with_the_same_size_is_noticed(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale()
    tale.user("pear " * 3000)
    tale.user("apple")
    tale.user("pear " * 3000)
    file = tale.write(folder / "s.jsonl")
    catalogue.refresh(Places((folder,)))
    time.sleep(0.06)  # beyond what the clock of the file system tells apart
    catalogue.refresh(Places((folder,)))
    file.write_bytes(tale.data.replace(b"apple", b"grape"))
    catalogue.refresh(Places((folder,)))
    assert [catalogue.search(word).total for word in ("apple", "grape")] == [0, 1]


def test_a_longer_session_in_the_same_file_is_noticed(catalogue: Catalogue, folder: Path) -> None:
    Tale("short").write(folder / "s.jsonl")
    catalogue.refresh(Places((folder,)))
    tale = Tale("longer")
    tale.turn("pear", "yes")
    (folder / "s.jsonl").write_bytes(tale.data)
    catalogue.refresh(Places((folder,)))
    assert [row.session_id for row in catalogue.sessions()] == ["longer"]


def test_sessions_that_are_gone_go_from_the_catalogue_but_not_those_elsewhere(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    one = Tale("one").write(tmp_path / "a" / "one.jsonl")
    Tale("two").write(tmp_path / "b" / "two.jsonl")
    catalogue.refresh(Places((tmp_path,)))
    one.unlink()
    assert catalogue.refresh(Places((tmp_path / "a",))).gone == 1
    assert stems(catalogue) == ["two"]


def test_damaged_files_are_there_and_marked(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale()
    tale.user("the pear")
    (folder / "torn.jsonl").write_bytes(tale.data + b'{"type":"mess')
    (folder / "headless.jsonl").write_bytes(tale.data.partition(b"\n")[2])
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "text.jsonl").write_bytes(b"no session at all\n")
    (folder / "nul.jsonl").write_bytes(tale.data + b"\0" * 50)
    tale.leaf = "nowhere"
    tale.user("another")
    tale.write(folder / "orphan.jsonl")
    catalogue.refresh(Places((folder,)))
    assert {row.file.stem: row.damage for row in catalogue.sessions()} == {
        "torn": ("no-final-lf", "torn"),
        "headless": ("no-header",),
        "empty": (),
        "text": ("garbage", "no-header"),
        "nul": ("no-final-lf", "nul"),
        "orphan": ("orphan",),
    }
    assert catalogue.search("pear").total == 4
    assert len(catalogue.sessions(Filters(damaged=True))) == 5


def test_a_last_line_without_lf_counts_and_is_read_again(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale()
    tale.user("pear")
    file = folder / "s.jsonl"
    file.write_bytes(tale.data[:-1])
    catalogue.refresh(Places((folder,)))
    assert (catalogue.search("pear").total, catalogue.sessions()[0].damage) == (1, ("no-final-lf",))
    tale.user("pear tree")
    file.write_bytes(tale.data)
    catalogue.refresh(Places((folder,)))
    assert (catalogue.search("pear").total, catalogue.sessions()[0].damage) == (2, ())


def test_what_was_copied_from_a_parent_costs_nothing(catalogue: Catalogue, folder: Path) -> None:
    parent = Tale("parent")
    parent.turn("a", "b", cost=1.0)
    file = parent.write(folder / "parent.jsonl")
    copied = parent.data.partition(b"\n")[2]
    child = Tale("child", at=parent.now + HOUR_MS, parentSession=str(file), prefix="c")
    child.data += copied
    child.leaf = parent.leaf
    child.turn("c", "d", cost=0.25)
    child.write(folder / "child.jsonl")
    catalogue.refresh(Places((folder,)))
    assert {row.file.stem: row.cost for row in catalogue.sessions()} == {"parent": 1.0, "child": 0.25}
    assert catalogue.sums().total.cost == 1.25


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), "three two one"),
        (Filters(cwd=Path("/work/proj")), "two one"),
        (Filters(cwd=Path("/work/proj/sub")), "two"),
        (Filters(cwd=Path("/work/pro")), ""),
        (Filters(model="SONNET"), "two"),
        (Filters(provider="scripted"), "three two one"),
        (Filters(tool="bash"), "one"),
        (Filters(since=BEGIN_MS + DAY_MS), "three two"),
        (Filters(until=BEGIN_MS + DAY_MS), "one"),
        (Filters(min_cost=1), "two"),
        (Filters(max_cost=1), "three one"),
        (Filters(branched=True), "two"),
        (Filters(failed=True), "two"),
        (Filters(damaged=True), ""),
        (Filters(session_ids=frozenset({"one", "three"})), "three one"),
        (Filters(cwd=Path("/work/proj"), failed=False), "one"),
    ],
)
def test_filters_choose_sessions(three: Catalogue, filters: Filters, expected: str) -> None:
    assert stems(three, filters) == expected.split()


def test_folders_choose_sessions(three: Catalogue, folder: Path) -> None:
    assert stems(three, Filters(folders=(folder,))) == ["three", "two", "one"]
    assert stems(three, Filters(folders=(folder.parent / "sess",))) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), {("one", "user"), ("one", "tool"), ("two", "user"), ("three", "assistant")}),
        (Wanted(kinds=frozenset({"user"})), {("one", "user"), ("two", "user")}),
        (Wanted(tool="bash"), {("one", "tool")}),
        (Wanted(since=BEGIN_MS + DAY_MS), {("two", "user"), ("three", "assistant")}),
        (Wanted(until=BEGIN_MS + DAY_MS, kinds=frozenset({"tool"})), {("one", "tool")}),
    ],
)
def test_a_search_can_be_narrowed(three: Catalogue, wanted: Wanted, expected: set[tuple[str, str]]) -> None:
    hits = three.search("pear OR pears", wanted=wanted).hits
    assert {(hit.session.file.stem, hit.kind) for hit in hits} == expected


def test_a_search_tells_branches_apart(three: Catalogue) -> None:
    active = {hit.entry: hit.active for hit in three.search("second OR another OR no").hits}
    assert active == {"e1": True, "e2": False, "e4": True}
    assert three.search("no", wanted=Wanted(active=True)).total == 0


def test_an_excerpt_marks_the_words(three: Catalogue) -> None:
    (hit,) = three.search('"listing of" PEARS').hits
    assert [hit.excerpt[start:end] for start, end in hit.marks] == ["listing of", "pears"]


def test_an_excerpt_of_a_file_that_is_gone_is_empty(three: Catalogue, folder: Path) -> None:
    (folder / "one.jsonl").unlink()
    assert [hit.excerpt for hit in three.search("listing").hits] == [""]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    with Catalogue(tmp_path_factory.mktemp("empty") / "c.sqlite3") as made:
        yield made


@settings(max_examples=150, deadline=None)
@given(query=st.text(max_size=40) | st.text(alphabet='a"*-^:(){}+ ORANDT\0\ud800é,.', max_size=60))
def test_whatever_is_searched_for_is_no_error(empty: Catalogue, query: str) -> None:
    assert empty.search(query).hits == []


def test_many_words_are_no_error(three: Catalogue) -> None:
    assert three.search("pear " * 5000).total == 3
    assert three.search(" OR ".join(["pear"] * 5000)).total == 3


def test_the_catalogue_is_its_owners_only(catalogue: Catalogue) -> None:
    assert stat.S_IMODE(catalogue.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(catalogue.file.parent.stat().st_mode) == 0o700


def test_names_that_are_no_text_are_catalogued(catalogue: Catalogue, folder: Path) -> None:
    path = os.fsencode(folder) + b"/\xff\xfe.jsonl"
    Path(os.fsdecode(path)).write_bytes(Tale("odd").data)
    catalogue.refresh(Places((folder,)))
    assert [row.path for row in catalogue.sessions()] == [path]


def test_what_is_no_regular_file_is_passed_over(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "dangling.jsonl").symlink_to(tmp_path / "nowhere")
    (folder / "folder.jsonl").mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "link.jsonl").symlink_to(Tale("linked").write(tmp_path / "target.jsonl"))
    catalogue.refresh(Places((folder,)))
    assert stems(catalogue) == ["link"]


def test_a_file_far_longer_than_a_block_is_read_as_a_whole(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale()
    tale.user("begin")
    tale.tool("x" * 3_000_000 + " far")
    tale.user("end")
    tale.write(folder / "s.jsonl")
    catalogue.refresh(Places((folder,)))
    assert [hit.line for hit in catalogue.search("end").hits] == [4]
    assert catalogue.search("far").total == 0  # beyond what is kept of the output of a tool


def test_the_words_of_what_is_gone_do_not_pile_up(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_WORN", 10)
    for number in range(20):
        tale = Tale(f"s-{number}")
        tale.user("pear")
        tale.write(folder / "s.jsonl")
        catalogue.refresh(Places((folder,)))
    words = catalogue._database.execute("SELECT count(*) FROM words WHERE words MATCH 'pear'").fetchone()
    assert words[0] < 15
    assert catalogue.search("pear").total == 1


def test_progress_is_told(catalogue: Catalogue, folder: Path) -> None:
    many(folder, 3)
    told: list[tuple[int, int]] = []
    catalogue.refresh(Places((folder,)), lambda done, total: told.append((done, total)))
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert told[-1] == (size, size)


def test_thousands_of_sessions_are_listed_and_counted(catalogue: Catalogue, folder: Path) -> None:
    many(folder, 2000)
    catalogue.refresh(Places((folder,)))
    assert len(catalogue.sessions()) == catalogue.count() == 2000
    assert [row.session_id for row in catalogue.sessions(limit=2)] == ["s-1999", "s-1998"]
    assert catalogue.count(Filters(since=BEGIN_MS + 1990 * HOUR_MS)) == 10
    assert catalogue.search("pears", limit=5).more


def test_words_choose_sessions(three: Catalogue) -> None:
    assert stems(three, Filters(text="pear -another")) == ["three", "two", "one"][::2]
    assert stems(three, Filters(text="...")) == []


def test_sums_can_be_those_of_some_days(three: Catalogue) -> None:
    assert three.sums(first_day="2026-03-02").total.cost == pytest.approx(2.02)
    assert [part.key for part in three.sums(last_day="2026-03-02").days] == ["2026-03-01", "2026-03-02"]


@pytest.mark.parametrize("number", ["1e308", "-1e308", "9" * 400, "1" + "0" * 30])
def test_figures_beyond_all_measure_are_no_error(catalogue: Catalogue, folder: Path, number: str) -> None:
    tale = Tale()
    tale.turn("a", "b", tokens=7, cost=7)
    data = tale.data.replace(b'"version": 3', f'"version": {number}'.encode())
    data = data.replace(b'"input": 7', f'"input": {number}'.encode())
    (folder / "s.jsonl").write_bytes(data.replace(b'"total": 7', f'"total": {number}'.encode()))
    catalogue.refresh(Places((folder,)))
    (row,) = catalogue.sessions()
    assert abs(row.tokens) <= 2 * 10**12
    assert abs(catalogue.sums().total.cost) <= 10**12


def test_a_rewritten_file_is_told(catalogue: Catalogue, folder: Path) -> None:
    tale = Tale()
    tale.user("pear")
    file = tale.write(folder / "s.jsonl")
    assert catalogue.refresh(Places((folder,))).rewritten == []
    tale.user("more")
    tale.write(file)
    assert catalogue.refresh(Places((folder,))).rewritten == []
    file.write_bytes(tale.data.replace(b"pear", b"plum") + b"\n")
    assert catalogue.refresh(Places((folder,))).rewritten == [file]


@pytest.mark.parametrize("first", [b'{"type":"session","id":"v1","timestamp":"x","cwd":"/"}\n', b"no session\n"])
def test_a_file_that_pi_may_rewrite_is_not_told_of(catalogue: Catalogue, folder: Path, first: bytes) -> None:
    file = folder / "s.jsonl"
    file.write_bytes(first)
    catalogue.refresh(Places((folder,)))
    Tale().write(file)
    assert catalogue.refresh(Places((folder,))).rewritten == []
