"""The picture of a session: as data, in a terminal, as a page."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from pi_autonomous_session_control.timeline import drawn, page, picture
from pi_testkit.chromium import CHROMIUM, browse

if TYPE_CHECKING:
    from pathlib import Path

    from pi_autonomous_session_control.mirror import Event


def test_turns_have_their_steps_and_steps_their_outcome(events: list[Event]) -> None:
    shown = picture("s1", "/work", events)
    assert [turn.number for turn in shown.turns] == [1, 2, 3, 4]
    assert [len(turn.steps) for turn in shown.turns] == [1, 1, 1, 2]
    assert shown.turns[0].tokens == 1200
    assert [step.failed for step in shown.steps] == [False, True, True, True, None]
    assert [mark.kind for mark in shown.turns[-1].marks] == ["user", "trap", "checkpoint"]
    assert {loop.type for loop in shown.loops} >= {"failing_test"}


def test_what_is_not_on_the_branch_is_shown_as_such(events: list[Event]) -> None:
    shown = picture("s1", "/work", events, {id(event) for event in events[:7]})
    assert [turn.here for turn in shown.turns] == [True, False, False, False]
    assert shown.loops == []


def test_the_terminal_gets_no_control_characters(events: list[Event]) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    console.print(drawn(picture("s1", "/work", events)))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above
    assert "\x1b" not in text
    assert "failing_test 3x" in text
    assert max(map(len, text.splitlines())) <= 100


def test_an_empty_session_can_be_drawn() -> None:
    shown = picture("s1", "/work", [])
    Console(file=io.StringIO()).print(drawn(shown))
    assert "<svg" in page(shown)


def test_the_page_needs_nothing_and_runs_nothing(events: list[Event]) -> None:
    text = page(picture("s1", "/work", events))
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {name for name, _ in attrs} & {"src", "href", "onload", "onclick"}

    Reader().feed(text)
    assert {"script", "img", "link", "iframe"} & set(tags) == set()
    assert "default-src 'none'" in text
    assert "\x1b" not in text
    assert "&lt;script&gt;" in text
    svg = re.search(r"<svg.*</svg>", text, re.DOTALL)
    assert svg is not None
    ET.fromstring(svg[0])  # noqa: S314  # our own text


def test_a_long_session_stays_small_enough_to_draw(events: list[Event]) -> None:
    shown = picture("s1", "/work", events)
    shown.turns = shown.turns * 300
    text = page(shown)
    assert len(text) < 3_000_000


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_real_browser_draws_it(events: list[Event], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(picture("s1", "/work", events)))
    picture_file = tmp_path / "page.png"
    browse(file, f"--screenshot={picture_file}", "--window-size=900,700")
    assert picture_file.read_bytes().startswith(b"\x89PNG")
    assert picture_file.stat().st_size > 8_000
