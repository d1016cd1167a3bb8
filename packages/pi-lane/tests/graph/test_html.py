from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from pi_lane.graph import Mark, Picture, draw_html
from pi_testkit.chromium import CHROMIUM, browse

if TYPE_CHECKING:
    from pathlib import Path

Draw = Callable[..., Picture]

HOSTILE = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">&amp;\"'\x1b\u202e"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def turns(count: int) -> str:
    parent, lines = "-", []
    for number in range(count):
        lines += [f"u{number} {parent} user question {number}", f"a{number} u{number} assistant answer {number}"]
        parent = f"a{number}"
    return "\n".join(lines)


def test_the_page_is_well_formed_and_loads_nothing(picture: Draw) -> None:
    page = Page(draw_html(picture(turns(20) + "\nx a3 user aside", main="a19", gone="nowhere")))
    assert page.open == []
    assert all(link.startswith("#e") for link in page.links)
    assert not {"link", "img", "iframe", "object"} & set(page.tags)


def test_each_entry_is_in_the_page_once(picture: Draw) -> None:
    drawn = picture(turns(30) + "\nx a3 user aside", main="a29")
    ids = re.findall(r' id="e(\d+)"', draw_html(drawn))
    assert sorted(map(int, ids)) == sorted(placed.node.order for placed in drawn.placed)


def test_long_stretches_are_folded(picture: Draw) -> None:
    text = draw_html(picture(turns(20), main="a19"))
    assert "32 entries: 16 prompts, 16 answers" in text
    assert " open>" not in text


def test_lanes_heads_and_what_is_wrong_are_told(picture: Draw) -> None:
    marks = [Mark("main", "a1", 7, "paused: run for 1 min", trouble=True, current=True), Mark("lost", "nowhere", 1)]
    text = draw_html(picture(turns(2), *marks))
    assert 'class="trouble">paused: run for 1 min</span>' in text
    assert "<b>main</b> · this terminal<span>head <a" in text
    assert "nowhere</code>, which is not in the file" in text


def test_whatever_the_session_says_stays_text(picture: Draw) -> None:
    story = (
        f'a - user {HOSTILE}\nb a session_info {HOSTILE}\nc b label {HOSTILE}\nd c compaction {HOSTILE}\n"><b> d user x'
    )
    text = draw_html(picture(story, Mark(HOSTILE, "d", state=HOSTILE)))
    page = Page(text)
    assert page.open == []
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_long_text_is_cut(picture: Draw) -> None:
    text = draw_html(picture("a - user " + "x" * 5000 + "\nb a tool " + "y" * 5000, main="b"))
    assert "(3000 more characters)" in text
    assert f"bash: {'y' * 494}… (4506 more characters)" in text


def test_ten_thousand_entries_are_drawn_within_a_second(long_picture: Callable[[int], Picture]) -> None:
    best = float("inf")
    for _ in range(3):  # the machine has other things to do, too
        drawn = long_picture(10_000)
        start = time.process_time()
        assert len(draw_html(drawn)) > 1_000_000
        best = min(best, time.process_time() - start)
    assert best < 1


@pytest.fixture
def browser(tmp_path: Path) -> Callable[[str, str], str]:
    """What a real browser makes of a page, as HTML, after running a script of ours in it."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")

    def load(text: str, script: str) -> str:
        path = tmp_path / "page.html"
        # The page's own policy admits its own script only; the tests' one is let in by taking the policy away.
        loose = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text) if script else text
        path.write_text(loose.replace("</body>", f"<script>{script}</script></body>") if script else loose, "utf-8")
        seen = browse(path, "--dump-dom")
        assert seen.complaints == []
        return seen.output

    return load


def test_in_a_browser_its_script_runs_under_its_policy(picture: Draw, browser: Callable[[str, str], str]) -> None:
    seen = browser(draw_html(picture(turns(3), Mark("main", "a2", current=True))), "")
    assert re.search(r'<html[^>]* class="js"', seen)
    panel = seen.partition('<aside id="entry">')[2].partition("</aside>")[0]
    assert "<dd>a2</dd>" in panel
    assert "<pre>answer 2</pre>" in panel


def test_in_a_browser_hostile_text_does_nothing(picture: Draw, browser: Callable[[str, str], str]) -> None:
    story = f"a - user {HOSTILE}\nb a session_info Work\nc b label {HOSTILE}"
    seen = browser(draw_html(picture(story, Mark(HOSTILE, "a", state=HOSTILE, current=True))), "")
    assert "<title>Work</title>" in seen
    assert "<pre>&lt;script&gt;document.title='hacked'" in seen


def test_in_a_browser_a_search_unfolds_what_it_finds(picture: Draw, browser: Callable[[str, str], str]) -> None:
    script = "find.value = 'question 10'; search(); find.value = 'answer 7'; search();"
    seen = browser(draw_html(picture(turns(20), main="a19")), script)
    assert '<output id="count">1 of 1</output>' in seen
    assert re.search(r'<details open=""><summary class="row folded"', seen.replace("\n", ""))
    assert re.search(r'class="row assistant [^"]*hit[^"]*" data-id="a7"', seen)


def test_in_a_browser_keys_walk_and_fold(picture: Draw, browser: Callable[[str, str], str]) -> None:
    script = """
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    document.querySelector('[data-id="u0"]').click(); press("Escape"); press("j"); press("Enter"); press("k");
    """
    seen = browser(draw_html(picture(turns(20), main="a19")), script)
    panel = seen.partition('<aside id="entry">')[2].partition("</aside>")[0]
    assert "<dd>u0</dd>" in panel
