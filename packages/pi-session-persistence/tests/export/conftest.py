"""A session to export, and a real browser to look at pages with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale, image

from pi_testkit.chromium import CHROMIUM, browse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">&amp;\"'\x1b\u202e"


@pytest.fixture
def tale() -> Tale:
    """A conversation with everything in it, and a second branch with a branch of its own."""
    tale = Tale("s-1")
    tale.user("why does it fail?", image())
    tale.assistant("A **bold** guess.", thinking="let me think", calls={"bash": {"command": "pytest\n-x"}})
    tale.tool("1 failed\nhere", error=True)
    fork = tale.assistant("Line endings.")
    tale.add("label", targetId=fork, label="good point")
    tale.back_to(fork)
    tale.turn("other way", "other answer")
    inner = tale.leaf
    tale.turn("deep one", "deep answer")
    tale.back_to(inner)
    tale.user("deep two")
    tale.back_to(fork)
    tale.add("compaction", summary="All *fine*.", firstKeptEntryId=fork, tokensBefore=9)
    tale.message("bashExecution", command="git status", output="clean", exitCode=1)
    tale.turn("now commit", "committed")
    tale.add("session_info", name="Work")
    return tale


@pytest.fixture
def hostile() -> Tale:
    """A session in which everything that strangers write is hostile."""
    tale = Tale(HOSTILE, cwd=HOSTILE)
    tale.user(HOSTILE, image(HOSTILE) | {"mimeType": HOSTILE}, image("x") | {"mimeType": "image/svg+xml"})
    words = f"{HOSTILE}\n\n[x](javascript:alert(1)) ![y](https://elsewhere.example/y.png) [z](data:text/html,x)"
    first = tale.assistant(words, thinking=HOSTILE, calls={HOSTILE: {HOSTILE: HOSTILE}}, model=HOSTILE, error=HOSTILE)
    tale.tool(HOSTILE, HOSTILE)
    tale.add("label", targetId=first, label=HOSTILE)
    tale.add("session_info", name=HOSTILE)
    tale.add("custom_message", customType=HOSTILE, content=HOSTILE, display=True)
    tale.add(HOSTILE)
    return tale


@pytest.fixture
def browser(tmp_path: Path) -> Callable[[str, str], str]:
    """What a real browser makes of a page, as HTML, after running a script of ours in it; there are no errors."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")

    def load(text: str, script: str = "") -> str:
        path = tmp_path / "page.html"
        # The page's own policy admits its own script only; the tests' one is let in by taking the policy away.
        loose = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text) if script else text
        path.write_text(loose.replace("</body>", f"<script>{script}</script></body>") if script else loose, "utf-8")
        seen = browse(path, "--dump-dom")
        assert seen.complaints == []
        return seen.output

    return load
