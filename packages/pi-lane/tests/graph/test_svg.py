from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pi_lane.graph import Mark, Picture, draw_svg
from pi_testkit.chromium import CHROMIUM, browse

if TYPE_CHECKING:
    from pathlib import Path

Draw = Callable[..., Picture]

SVG = "{http://www.w3.org/2000/svg}"
STORY = "a - user hello\nb a assistant hi\nc b user one way\nd b user another way"


def lines(picture: Picture) -> list[str]:
    root = ET.fromstring(draw_svg(picture))  # noqa: S314  # it is our own
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text") if text.get("class") != "soft"]


def test_each_row_is_a_line_of_text(picture: Draw) -> None:
    mark = Mark("main", "c", 3, "paused: run for 1 min", trouble=True)
    assert lines(picture(STORY, mark)) == [
        "sid",
        "a hello",
        "b hi",
        "d (orphan tip) (end of file) another way",
        "c [main] paused: run for 1 min one way",
    ]


def test_what_is_folded_is_counted(picture: Draw) -> None:
    assert lines(picture("a - user hello\nb a assistant hi\nc b user bye", main="c")) == [
        "sid",
        "a hello +1",
        "c [main] (end of file) bye",
    ]


def test_the_whole_text_is_seen_on_hovering(picture: Draw) -> None:
    said = " ".join(["word"] * 50)
    root = ET.fromstring(draw_svg(picture(f"a - user {said}", main="a")))  # noqa: S314  # as above
    assert said in [title.text for title in root.iter(f"{SVG}title")]


def test_whatever_the_session_says_the_file_is_xml_without_more(picture: Draw) -> None:
    hostile = "</text><script>x</script>&\x00\x1b\ufffe]]>"
    story = f"a - user {hostile}\nb a session_info {hostile}\nc b label {hostile}"
    text = draw_svg(picture(story, Mark(hostile, "a", state=hostile)))
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(text).iter()}  # noqa: S314  # as above
    assert tags <= {"svg", "title", "style", "g", "rect", "path", "circle", "text", "tspan"}
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_browser_shows_it(picture: Draw, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    (tmp_path / "tree.svg").write_text(draw_svg(picture(STORY, main="c")), "utf-8")
    browse(tmp_path / "tree.svg", f"--screenshot={tmp_path}/x.png")
    assert (tmp_path / "x.png").stat().st_size > 5000  # an empty page is smaller
