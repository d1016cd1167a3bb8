from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pil_support import Desk

WORDS = ("status", "lanes", "instances", "self", "watch", "graph", "doctor")


def test_version_is_that_of_the_distribution(desk: Desk) -> None:
    assert desk("--version", session=False).out == f"pil {version('pi-lane')}\n"


@pytest.mark.parametrize("words", [("help",), ("--help",), ("-h",)])
def test_every_command_is_on_the_first_page(desk: Desk, words: tuple[str, ...]) -> None:
    done = desk(*words, session=False)
    assert [word for word in WORDS if not re.search(rf"^│ {word} ", done.out, re.MULTILINE)] == []
    assert done.code == 0


@pytest.mark.parametrize("word", WORDS)
def test_help_shows_how_a_command_is_used(desk: Desk, word: str) -> None:
    done = desk(word, "--help", session=False)
    assert f"pil {word}" in done.out.partition("Examples")[2]
    assert done.code == 0


@pytest.mark.parametrize("words", [("frobnicate",), ("--frobnicate",), ("--stale-ms", "-1"), ("lanes", "more")])
def test_l_s9_an_unknown_word_ends_with_2_and_says_so_on_stderr(desk: Desk, words: tuple[str, ...]) -> None:
    done = desk(*words)
    assert (done.code, done.out) == (2, "")
    assert words[0] in done.err


def test_l_s14_there_is_no_word_to_repair_or_reconcile(desk: Desk) -> None:
    assert not re.search(r"repair|reconcile|fsck|heal", desk("--help", session=False).out, re.IGNORECASE)
    assert desk("repair").code == 2


def test_an_error_has_no_traceback(desk: Desk) -> None:
    done = desk("status", session=False)
    assert done.code == 1
    assert done.err.startswith("pil: no session: ")
    assert "Traceback" not in done.err


def test_a_folder_that_cannot_be_reached_is_told(desk: Desk) -> None:
    done = desk("status", env={"PI_LANE_ROOT": f"/{'x' * 300}"})
    assert done.code == 1
    assert "File name too long; see to it, or set PI_LANE_ROOT" in done.err


def test_the_plugin_does_not_pay_for_the_command() -> None:
    code = "import sys, pi_lane.cli; print({'typer', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "set()\n"
