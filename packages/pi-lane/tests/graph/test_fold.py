from __future__ import annotations

from collections.abc import Callable

from pi_lane.graph import Picture
from pi_lane.graph._fold import contents

Draw = Callable[..., Picture]


def rows(picture: Picture) -> list[tuple[str, int]]:
    return [("…" if row.folded else row.shown.node.id, len(row.hidden)) for row in picture.rows()]


def turns(count: int, *, start: int = 0, parent: str = "-") -> str:
    lines = []
    for number in range(start, start + count):
        lines.append(f"u{number} {parent} user question {number}")
        lines.append(f"a{number} u{number} assistant answer {number}")
        parent = f"a{number}"
    return "\n".join(lines)


def test_what_follows_a_prompt_is_folded_into_its_row(picture: Draw) -> None:
    assert rows(picture(turns(2), main="a1")) == [("", 0), ("u0", 1), ("u1", 0), ("a1", 0)]


def test_of_a_long_stretch_the_first_and_last_prompts_stay(picture: Draw) -> None:
    drawn = rows(picture(turns(20), main="a19"))
    assert drawn == [("", 0), ("u0", 1), ("u1", 1), ("…", 31), ("u18", 1), ("u19", 0), ("a19", 0)]


def test_two_prompts_are_not_worth_folding(picture: Draw) -> None:
    assert ("…", 3) not in rows(picture(turns(6), main="a5"))
    assert len(rows(picture(turns(6), main="a5"))) == 8


def test_compactions_names_labels_heads_and_the_end_stay(picture: Draw) -> None:
    story = f"""{turns(20)}
    k a9 compaction what was
    {turns(20, start=30, parent="k")}
    n a49 session_info Work
    l n label keep
    {turns(20, start=60, parent="l")}
    """
    shown = {name for name, _ in rows(picture(story, main="a79", side="a40"))}
    assert {"k", "n", "a40", "a79"} <= shown


def test_branch_points_stay(picture: Draw) -> None:
    shown = [name for name, _ in rows(picture(turns(20) + "\nx a10 user aside", main="a19"))]
    assert shown[shown.index("x") - 1] == "a10"


def test_everything_is_in_exactly_one_row(picture: Draw) -> None:
    drawn = picture(turns(40) + "\nx a10 user aside\n" + turns(30, start=50, parent="x"), main="a39")
    seen = [entry.node.id for row in drawn.rows() for entry in (row.shown, *row.hidden)]
    assert seen == [placed.node.id for placed in drawn.placed]


def test_nothing_is_folded_if_everything_is_wanted(picture: Draw) -> None:
    drawn = picture(turns(40), main="a39")
    assert [row.shown for row in drawn.rows(everything=True)] == drawn.placed


def test_a_stretch_tells_what_is_in_it(picture: Draw) -> None:
    drawn = picture("a - user x\nb a assistant y\nc b tool z\nd c assistant y\ne d model_change m")
    assert contents(drawn.placed[1:]) == "5 entries: 1 prompt, 2 answers, 1 tool result, 1 other"
    assert contents(drawn.placed[1:2]) == "1 entry: 1 prompt"


def test_ten_thousand_entries_become_few_rows(long_picture: Callable[[int], Picture]) -> None:
    assert len(long_picture(10_000).rows()) < 1_000
