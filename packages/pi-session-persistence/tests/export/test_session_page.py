from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence.export import export

if TYPE_CHECKING:
    from pathlib import Path

Browser = Callable[..., str]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag not in {"meta", "input", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[Tale], str]:
    return lambda tale: b"".join(export(tale.write(tmp_path / "s.jsonl"), "html")).decode()


Draw = Callable[[Tale], str]


def loose(page: str) -> str:
    """A page without its policy, so that it may stand within another one."""
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)


def test_the_page_is_well_formed_and_loads_nothing(draw: Draw, tale: Tale) -> None:
    page = Page(draw(tale))
    assert page.open == []
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    assert not {"link", "iframe", "object", "form", "base"} & set(page.tags)


def test_each_entry_is_in_the_page_once(draw: Draw, tale: Tale) -> None:
    ids = re.findall(r'<article id="e(\d+)"', draw(tale))
    assert sorted(map(int, ids)) == list(range(1, tale.count + 1))


def test_an_id_that_is_no_simple_one_is_no_address(draw: Draw) -> None:
    tale = Tale()
    tale.user("one")
    tale.data += b'{"type":"message","id":"a \\"b","parentId":"e1","message":{"role":"user","content":"two"}}\n'
    assert re.findall(r'<article id="([^"]*)"', draw(tale)) == ["e1", "entry.1"]


def test_calls_are_told_in_a_line_and_spelled_out(draw: Draw) -> None:
    tale = Tale()
    edits = [{"oldText": "a\nb", "newText": "a\nc"}]
    tale.assistant(calls={"bash": {"command": "pytest -x"}, "edit": {"path": "a.py", "edits": edits}})
    out = draw(tale)
    assert "<b>bash</b><code>pytest -x</code>" in out
    assert "<b>edit</b><code>a.py</code><small>3 lines</small>" in out
    assert '<span class="y-gd">-b</span>\n<span class="y-gi">+c</span>' in out


def test_code_in_answers_is_marked_up(draw: Draw) -> None:
    tale = Tale()
    tale.assistant("```python\ndef f(): ...\n```\n\n```<x>\n<b>\n```")
    out = draw(tale)
    assert '<span class="y-k">def</span>' in out
    assert "&lt;b&gt;" in out


def test_the_tree_of_prompts_has_the_branches(draw: Draw, tale: Tale) -> None:
    tree = draw(tale).partition("<nav")[2].partition("</nav>")[0]
    words = re.sub(r"<[^>]*>", "\n", tree)
    assert [line for line in words.split("\n")[1:] if line.strip()] == [
        "why does it fail?",
        "good point",
        " Line endings.",
        "branch · 5 entries",
        "other way",
        "branch · 2 entries",
        "deep one",
        "deep two",
        "compaction of 9 tokens: All *fine*.",
        "now commit",
        "the end, where pi goes on",
    ]


def test_entries_that_no_root_leads_to_are_shown(draw: Draw) -> None:
    tale = Tale()
    tale.user("plain")
    for own, parent in (("a", "b"), ("b", "a")):
        tale.data += (
            f'{{"type":"message","id":"{own}","parentId":"{parent}","timestamp":"2026-03-01T10:00:00.000Z",'
            f'"message":{{"role":"user","content":"round {own}"}}}}\n'
        ).encode()
    out = draw(tale)
    assert "round a" in out
    assert "round b" in out


def test_hundreds_of_nested_branches_are_drawn(draw: Draw) -> None:
    tale = Tale()
    for number in range(400):
        fork = tale.user(f"prompt {number}")
        tale.user("aside")
        tale.back_to(fork)
    assert Page(draw(tale)).open == []


def test_whatever_the_session_says_stays_text(draw: Draw, hostile: Tale) -> None:
    out = draw(hostile)
    page = Page(out)
    assert page.open == []
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert page.handlers == []
    assert not any(link.startswith(("javascript:", "data:")) for link in page.links)
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_in_a_browser_its_script_runs_under_its_policy(draw: Draw, tale: Tale, browser: Browser) -> None:
    seen = browser(draw(tale))
    assert re.search(r'<html[^>]* class="js"', seen)
    assert "<title>Work</title>" in seen


def test_in_a_browser_hostile_text_does_nothing(draw: Draw, hostile: Tale, browser: Browser) -> None:
    seen = browser(draw(hostile))
    assert "<title>&lt;script&gt;document.title='hacked'" in seen


def test_in_a_browser_a_search_unfolds_what_it_finds(draw: Draw, tale: Tale, browser: Browser) -> None:
    press = 'find.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));'
    seen = browser(draw(tale), f'find.value = "deep"; search(); {press} {press} {press}')
    assert '<output id="page.count">3 of 3</output>' in seen
    assert len(re.findall(r'<article[^>]* class="[^"]*hit', seen)) == 3
    assert seen.count('<details class="branch" open="">') == 2


def test_in_a_browser_keys_walk_and_fold(draw: Draw, tale: Tale, browser: Browser) -> None:
    script = """
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    for (const key of "tnnpjj") press(key);
    document.title = document.activeElement.id;
    """
    seen = browser(draw(tale), script)
    assert "<title>e3</title>" in seen  # the first prompt, the second, back to the first, two entries on
    assert '<details class="tools call" open="">' in seen
    assert '<details class="thinking">' in seen


def test_in_a_browser_day_and_night_change(draw: Draw, tale: Tale, browser: Browser) -> None:
    assert 'data-theme="dark"' in browser(draw(tale), "theme();")


def test_in_a_browser_an_address_with_an_entry_unfolds_the_way_to_it(draw: Draw, tale: Tale, browser: Browser) -> None:
    seen = browser(
        draw(tale), 'location.hash = "#e8"; follow(location.hash); document.title = document.activeElement.id;'
    )
    assert "<title>e8</title>" in seen
    assert '<details class="branch" open="">' in seen
    assert re.search(r'<a href="#e8" class="here">', seen)


def test_in_a_browser_nothing_is_as_wide_as_a_narrow_screen_is_not(draw: Draw, tale: Tale, browser: Browser) -> None:
    tale.user("x" * 3000)
    tale.assistant("`" + "y" * 3000 + "`\n\n```\n" + "z" * 3000 + "\n```", calls={"bash": {"command": "w" * 3000}})
    script = """
    const frame = document.createElement("iframe");
    frame.style = "width: 400px; height: 900px; border: 0";
    frame.srcdoc = PAGE;
    document.body.replaceChildren(frame);
    frame.onload = () => {
      const inner = frame.contentDocument.documentElement;
      document.title = `${inner.className} ${inner.scrollWidth - inner.clientWidth}`;
    };
    """
    # What isn't laid out yet is not wide at all.
    text = loose(draw(tale)).replace("content-visibility: auto", "content-visibility: visible")
    page = json.dumps(text).replace("</", "<\\/")
    assert "<title>js 0</title>" in browser("<!doctype html><body></body>", script.replace("PAGE", page))


def test_in_a_browser_a_thousand_entries_are_there_and_found(draw: Draw, browser: Browser) -> None:
    tale = Tale()
    for number in range(500):
        tale.turn(f"prompt {number}", f"answer {number}")
    seen = browser(draw(tale), 'follow("#e990"); document.title = `${articles.length} ${here.id} ${scrollY > 9000}`;')
    assert "<title>1000 e990 true</title>" in seen
