from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from pi_lane.graph import Mark, Picture
from pi_lane.graph._overview import draw_overview

Draw = Callable[..., Picture]

FORK = """
a - user hello
b a assistant hi
c b user one way
d c assistant done
e b user another way
f e assistant done, too
g f user more
h g assistant done again
"""


def overview(picture: Picture) -> ET.Element:
    return ET.fromstring(draw_overview(picture, picture.rows()))  # noqa: S314  # it is our own


def dots(picture: Picture) -> dict[str, tuple[int, int]]:
    """Return where the dot of each entry is, by its place in the file."""
    found = {}
    for link in overview(picture).iter("a"):
        [circle] = link.iter("circle")
        found[link.attrib["href"]] = (int(circle.attrib["cx"]), int(circle.attrib["cy"]))
    return found


def test_a_straight_session_needs_no_overview(picture: Draw) -> None:
    drawn = picture("a - user hello\nb a assistant hi", main="b")
    assert draw_overview(drawn, drawn.rows()) == ""


def test_time_runs_to_the_right_and_a_branch_lies_below_its_source(picture: Draw) -> None:
    found = dots(picture(FORK, main="d"))
    main, side = [found[f"#e{line}"] for line in (2, 3, 4, 5)], [found[f"#e{line}"] for line in (6, 8, 9)]
    assert [y for _, y in main] == [14] * 4
    assert [y for _, y in side] == [36] * 3
    for line in (main, side):
        assert [x for x, _ in line] == sorted({x for x, _ in line})
    assert side[0][0] > main[1][0]


def test_each_dot_leads_to_a_row(picture: Draw) -> None:
    drawn = picture(FORK, main="d")
    assert set(dots(drawn)) == {f"#e{row.shown.node.order}" for row in drawn.rows() if not row.folded}


def test_branches_at_the_same_time_do_not_share_a_line(picture: Draw) -> None:
    story = FORK + "\ni b user third\nj i assistant done\nk b user fourth\nl k assistant done"
    found = dots(picture(story, main="h"))
    assert len(set(found.values())) == len(found)
    assert len({y for _, y in found.values()}) == 4


def test_heads_are_named_and_have_room_for_it(picture: Draw) -> None:
    name = "a-lane-with-quite-a-long-name"
    drawn = overview(picture(FORK, Mark(name, "h"), Mark("<b>", "d")))
    texts = {text.text: int(text.attrib["x"]) for text in drawn.iter("text")}
    assert texts.keys() == {name, "<b>"}
    assert int(drawn.attrib["width"]) > texts[name] + 7 * len(name)


def test_what_is_folded_is_a_gap(picture: Draw) -> None:
    turns = "\n".join(f"u{number} {f'u{number - 1}' if number else '-'} user question" for number in range(30))
    drawn = picture(f"{turns}\nx u15 user aside", main="u29")
    assert draw_overview(drawn, drawn.rows()).count('class="fold') == 2


def test_a_tree_that_is_too_big_for_a_glance_has_none(picture: Draw) -> None:
    story = "a - user x\n" + "\n".join(f"b{i} a user x" for i in range(5000))
    drawn = picture(story, main="b7")
    assert draw_overview(drawn, drawn.rows()) == ""
