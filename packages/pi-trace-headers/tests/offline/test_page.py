"""The HTML page, as text and in a real browser."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from pi_testkit.chromium import CHROMIUM, browse
from pi_trace_headers.offline import page, spans_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Story

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


def made(story: Story) -> str:
    return page(spans_of(story.write(), with_content=True))


class _Sources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}={value}" for name, value in attrs if name in {"src", "href", "action", "data"}]


def test_the_page_loads_nothing(long_story: Story) -> None:
    text = made(long_story)
    sources = _Sources()
    sources.feed(text)
    assert sources.found == []
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_text_of_the_session_is_text_on_the_page(long_story: Story) -> None:
    text = made(long_story)
    assert "<b>files</b>" not in text
    assert html.escape("<b>files</b>") in text
    assert "<script>document" not in text
    assert text.count("</script>") == 2


def test_dollar_signs_and_braces_stay(story: Story) -> None:
    story.header().user("${css} $$ {js} $title", 1000).says("x", 1100, 2000)
    assert "${css} $$ {js} $title" in made(story)


def test_a_session_without_anything_is_a_page(story: Story) -> None:
    story.header()
    assert "Nothing happened in this session." in made(story)


#: Presses keys and moves the mouse, and writes down after each step what the page then shows.
WALK = """
const steps = {
	first: () => {},
	down: () => press("j", "ArrowDown", "j"),
	failure: () => press("Home", "n", "n"),
	closed: () => press("c"),
	opened: () => press("o"),
	one: () => press("Home", "j", "ArrowLeft"),
	mouse: () => press("o", "Escape") || rows[2].dispatchEvent(new MouseEvent("mouseenter")),
	theme: () => press("t"),
};
const rows = [...document.querySelectorAll(".row")];
const press = (...names) => names.forEach((key) => document.dispatchEvent(new KeyboardEvent("keydown", { key })));
const shown = {};
for (const [name, step] of Object.entries(steps)) {
	step();
	shown[name] = {
		details: document.querySelector("aside").innerText,
		hidden: rows.filter((row) => row.hidden).length,
		chosen: rows.filter((row) => row.getAttribute("aria-selected") === "true").length,
		theme: document.documentElement.dataset.theme ?? "",
	};
}
const out = document.createElement("pre");
out.id = "shown";
out.textContent = JSON.stringify(shown);
document.body.append(out);
"""


def seen(folder: Path, text: str, *options: str) -> str:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    done = browse(path, *options)
    assert done.complaints == []
    return done.output


@in_browser
def test_a_browser_shows_all_lines_and_obeys_keyboard_and_mouse(long_story: Story, tmp_path: Path) -> None:
    text = made(long_story).replace("</body>", f"<script>{WALK}</script></body>")
    dom = seen(tmp_path, text, "--dump-dom")
    assert len(re.findall(r'role="treeitem"', dom)) == 13
    # Nothing of the session has run.
    assert "<title>Session 01a1fb5e-0000-7000-8000-000000000001 - pi trace</title>" in dom
    (found,) = re.findall(r'<pre id="shown">(.*?)</pre>', dom, re.DOTALL)
    shown = json.loads(html.unescape(found))

    assert all(step["chosen"] == 1 for step in shown.values())
    assert shown["first"]["details"].startswith("invoke_agent pi")
    assert "gen_ai.usage.input_tokens\n800" in shown["first"]["details"]
    assert shown["down"]["details"].startswith("execute_tool bash")
    assert '"command": "run c' in shown["down"]["details"]
    assert shown["failure"]["details"].startswith("chat gpt-5")
    assert "error.type\n503" in shown["failure"]["details"]
    assert [shown[step]["hidden"] for step in ("closed", "opened", "one", "mouse")] == [10, 0, 3, 0]
    assert shown["mouse"]["details"].startswith("chat gpt-5")
    assert shown["mouse"]["theme"] == ""
    assert shown["theme"]["theme"] in {"dark", "light"}


@in_browser
def test_a_browser_draws_it(long_story: Story, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    seen(tmp_path, made(long_story), "--window-size=700,900", f"--screenshot={picture}")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
