from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from pi_lane.graph import Mark, Picture, draw_text

Draw = Callable[..., Picture]

FORK = """
a - user hello
b a assistant hi
c b user one way
d c assistant done
e b user another way
f e assistant done, too
"""


def plain(picture: Picture, width: int = 80, **how: bool) -> list[str]:
    lines = draw_text(picture, width=width, **how)
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_the_tree_is_drawn_like_a_log(picture: Draw) -> None:
    drawn = picture(FORK, Mark("main", "d", 3, "run for 5 s, pid 42", current=True), Mark("side", "a"))
    # In a narrow terminal there is no room for times.
    assert plain(drawn, 58) == [
        "◇ sid",
        "● a [side] hello",
        "○ b hi",
        "├─● e another way",
        "│ ○ f [orphan tip] (end of file) done, too",
        "● c one way",
        "○ d [main*: run for 5 s, pid 42] done",
    ]


def test_the_right_margin_tells_what_is_folded_and_when(picture: Draw) -> None:
    lines = plain(picture("a - user hello\nb a assistant hi\nc b user again\nd c assistant bye", main="d"))
    assert lines[1] == "● a hello".ljust(67) + "+1 2026-11-20"
    assert lines[2] == "● c again".ljust(75) + "10:00"


def test_labels_names_compactions_and_summaries_are_seen(picture: Draw) -> None:
    story = "a - user x\nb a label keep\nc b session_info Work\nd c compaction old\ne d branch_summary tried"
    lines = [line[:40].rstrip() for line in plain(picture(story, main="e"))]
    assert lines == [
        "◇ Work",
        "● a «keep» x",
        "· c named: Work",
        "◆ d compaction: old",
        "◆ e [main] (end of file) summary of a br",
    ]


@pytest.mark.parametrize("width", [10, 40, 59, 60, 80, 200])
def test_no_line_is_wider_than_asked(picture: Draw, width: int) -> None:
    drawn = picture(FORK + "\ng f user " + "日本語 " * 100 + "\nh f user " + "word " * 100, main="d", **{"x" * 64: "b"})
    assert max(cell_len(line) for line in plain(drawn, width)) <= width


def test_nothing_that_a_terminal_acts_on_gets_through(picture: Draw) -> None:
    story = "a - user \x1b[2J\x07\u202ehidden\na2 a session_info \x1b]0;title\x07\nb a2 label \x1b[1m"
    drawn = picture(story, Mark("\x1b[5m", "b", state="\x1b[8m"))
    text = "\n".join(plain(drawn, 120))
    assert "\\x1b[2J\\x07\\u202ehidden" in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_in_ascii_everything_is_ascii(picture: Draw) -> None:
    drawn = picture(FORK + "\ng f user 日本 →", main="d")
    lines = plain(drawn, 50, ascii_only=True)
    assert all(line.isascii() for line in lines)
    assert "+-* e another way" in lines
    assert "| * g [orphan tip] (end of file) \\u65e5\\u672c >" in lines


def test_deep_branches_leave_room_for_what_is_said(picture: Draw) -> None:
    story = "n0 - user said\n" + "\n".join(f"n{i} n{i - 1} user said" for i in range(1, 60))
    story += "\n" + "\n".join(f"t{i} n{i} user said" for i in range(59, -1, -1))
    assert all("said" in line for line in plain(picture(story), 80)[1:])


def test_ten_thousand_entries_are_drawn_within_a_second(long_picture: Callable[[int], Picture]) -> None:
    best = float("inf")
    for _ in range(3):  # the machine has other things to do, too
        drawn = long_picture(10_000)
        start = time.process_time()
        assert plain(drawn, 120)
        best = min(best, time.process_time() - start)
    assert best < 1
