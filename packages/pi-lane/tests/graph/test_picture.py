from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pi_host.sessionfile import Session
from pi_lane.graph import Mark, Picture, as_data

if TYPE_CHECKING:
    from pi_lane.graph._shape import Placed

Draw = Callable[..., Picture]

FORK = """
a - user hello
b a assistant hi
c b user one way
d c assistant done
e b user another way
f e assistant done, too
"""


def columns(picture: Picture) -> list[tuple[str, int]]:
    return [(placed.node.id, len(placed.columns)) for placed in picture.placed]


def found(picture: Picture, name: str) -> Placed:
    return next(placed for placed in picture.placed if placed.node.id == name)


def test_side_branches_come_first_and_the_lane_goes_on_in_its_column(picture: Draw) -> None:
    drawn = columns(picture(FORK, main="d"))
    assert drawn == [("", 0), ("a", 0), ("b", 0), ("e", 1), ("f", 1), ("c", 0), ("d", 0)]


def test_without_lanes_the_branch_written_last_goes_on(picture: Draw) -> None:
    drawn = picture(FORK)
    assert columns(drawn)[-2:] == [("e", 0), ("f", 0)]
    assert found(drawn, "f").rank == 0


def test_the_first_lane_goes_before_the_others(picture: Draw) -> None:
    drawn = picture(FORK, side="f", main="d")
    assert columns(drawn)[-2:] == [("e", 0), ("f", 0)]
    assert [found(drawn, name).rank for name in ("b", "f", "d")] == [0, 0, 1]


def test_a_branch_without_a_lane_that_said_something_is_an_orphan(picture: Draw) -> None:
    [tip] = picture(FORK, main="d").tips
    assert (tip.node.id, tip.state, tip.entries) == ("f", "orphan", 2)
    assert tip.since is not None
    assert tip.since.id == "b"


def test_a_branch_with_settings_only_is_no_orphan(picture: Draw) -> None:
    story = FORK + "\ng b model_change m\nh g session_info renamed"
    assert [(tip.node.id, tip.state) for tip in picture(story, main="d", side="f").tips] == [("h", "settings")]


def test_what_follows_a_head_is_ahead_of_it(picture: Draw) -> None:
    [tip] = picture(FORK, main="c", side="f").tips
    assert (tip.node.id, tip.state, tip.entries) == ("d", "ahead", 1)


def test_without_lanes_ends_are_just_ends(picture: Draw) -> None:
    assert {tip.state for tip in picture(FORK).tips} == {"free"}


def test_a_head_that_is_not_in_the_file_is_lost(picture: Draw) -> None:
    assert [mark.name for mark in picture(FORK, main="d", gone="nowhere").lost] == ["gone"]


def test_a_lane_before_the_first_entry_is_at_the_beginning(picture: Draw) -> None:
    drawn = picture(FORK, main=None)
    assert drawn.placed[0].node.lanes == [0]
    assert drawn.lost == []


def test_several_first_entries_hang_from_the_beginning(picture: Draw) -> None:
    assert columns(picture("a - user hello\nb - user again", main="b")) == [("", 0), ("a", 1), ("b", 0)]


def test_an_entry_whose_parent_is_missing_is_drawn(picture: Draw) -> None:
    assert {name for name, _ in columns(picture("a - user hello\nb nowhere user lost"))} == {"", "a", "b"}


def test_entries_in_a_circle_are_drawn(picture: Draw) -> None:
    assert {name for name, _ in columns(picture("a b user x\nb a user y\nc c user self"))} == {"", "a", "b", "c"}


def test_of_two_entries_with_one_id_the_last_counts(picture: Draw) -> None:
    drawn = picture("a - user first\na - user second")
    assert [placed.node.text for placed in drawn.placed[1:]] == ["second"]


def test_label_and_name_are_those_given_last(picture: Draw) -> None:
    drawn = picture("a - user x\nb a label old\nc b session_info one\nd a label new\ne d session_info two")
    assert found(drawn, "a").node.label == "new"
    assert drawn.title == "two"


def test_a_session_without_anything_is_a_picture(picture: Draw) -> None:
    drawn = picture("")
    assert (columns(drawn), drawn.tips, drawn.leaf) == ([("", 0)], [], None)


def test_branches_nested_without_end_stay_narrow(picture: Draw) -> None:
    # At each step the older child is the one that branches again.
    story = "n0 - user x\n" + "\n".join(f"n{i} n{i - 1} user x" for i in range(1, 300))
    story += "\n" + "\n".join(f"t{i} n{i} user x" for i in range(299, -1, -1))
    assert max(depth for _, depth in columns(picture(story))) == 32


@given(st.lists(st.integers(min_value=-3, max_value=40), max_size=40), st.integers(min_value=0, max_value=40))
def test_whatever_hangs_from_what_everything_is_drawn_once_after_its_parent(parents: list[int], head: int) -> None:
    lines = ['{"type":"session","version":3,"id":"s"}']
    lines += [f'{{"type":"message","id":"{i}","parentId":"{parent}"}}' for i, parent in enumerate(parents)]
    drawn = Picture.of(Session.parse("\n".join(lines).encode()), [Mark("main", str(head))], file="")
    order = [placed.node.id for placed in drawn.placed]
    assert sorted(order) == sorted(["", *map(str, range(len(parents)))])
    for placed in drawn.placed:
        assert all(order.index(child.id) > order.index(placed.node.id) for child in placed.node.children)


def test_as_data_everything_is_there_in_the_order_drawn(picture: Draw) -> None:
    data = as_data(picture(FORK + "\ng e label keep", main="d", gone="nowhere"))
    assert [found["id"] for found in data["entries"]] == ["a", "b", "e", "f", "g", "c", "d"]
    assert data["entries"][2] == {
        "id": "e",
        "parentId": "b",
        "type": "message",
        "role": "user",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "column": 1,
        "children": 2,
        "lanes": [],
        "text": "another way",
        "label": "keep",
    }
    assert data["tips"] == [
        {"id": "f", "state": "orphan", "sinceId": "b", "entries": 2},
        {"id": "g", "state": "orphan", "sinceId": "b", "entries": 2},
    ]
    assert data["lostLanes"] == ["gone"]
