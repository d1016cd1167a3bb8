"""Sessions to read, and a home of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from session_stage import Tale, image

if TYPE_CHECKING:
    from pathlib import Path

#: Clears a screen, sets a title, turns the writing around; half a character; a C1 control.
HOSTILE = "\x1b[2J\x1b]0;hacked\x07\u202eabc\ud83d\x9b31m\x7f"


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the user's is read or written."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("PI_SESSION_COMPAT", "PI_CODING_AGENT_DIR", "PI_CODING_AGENT_SESSION_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def tale(tmp_path: Path) -> Tale:
    """A conversation with two branches."""
    tale = Tale("s-1", cwd=str(tmp_path))
    tale.user("why does it fail?", image())
    tale.assistant("A guess.", thinking="let me think", calls={"bash": {"command": "pytest -x"}})
    tale.tool("1 failed\nhere", error=True)
    fork = tale.assistant("Line endings.")
    tale.add("label", targetId=fork, label="good point")
    tale.back_to(fork)
    tale.turn("other way", "other answer")
    tale.back_to(fork)
    tale.add("compaction", summary="# All fine.", firstKeptEntryId=fork, tokensBefore=9000)
    tale.turn("now commit", "committed")
    tale.add("session_info", name="Work")
    return tale


@pytest.fixture
def file(tale: Tale, tmp_path: Path, own_home: Path) -> Path:
    """Its file."""
    assert not own_home.exists()
    return tale.write(tmp_path / "s.jsonl")


@pytest.fixture
def hostile(tmp_path: Path, own_home: Path) -> Path:
    """A session in which strangers write what terminals obey."""
    assert not own_home.exists()
    tale = Tale("TEXT", cwd=str(tmp_path))
    first = tale.user("TEXT")
    tale.assistant("TEXT", thinking="TEXT", calls={"TEXT": {"TEXT": "TEXT"}}, model="TEXT", error="TEXT")
    tale.tool("TEXT", "TEXT")
    tale.add("label", targetId=first, label="TEXT")
    tale.add("session_info", name="TEXT")
    tale.add("custom_message", customType="TEXT", content="TEXT", display=True)
    tale.add("compaction", summary="TEXT", firstKeptEntryId=first, tokensBefore=1)
    tale.message("bashExecution", command="TEXT", output="TEXT", exitCode=0)
    tale.prefix = "TEXT"
    tale.add("TEXT")
    path = tmp_path / "hostile.jsonl"
    # A character may be written out or as an escape; half of one can only be an escape.
    raw = HOSTILE.replace("\ud83d", "").replace("\x1b", "\\u001b").replace("\x07", "\\u0007").encode()
    path.write_bytes(tale.data.replace(b"TEXT", raw + b"\\ud83d") + b"garbage \x1b[2J\n")
    return path
