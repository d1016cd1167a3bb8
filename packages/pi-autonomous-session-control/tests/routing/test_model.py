from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pi_autonomous_session_control.routing._analysis import analyse
from pi_autonomous_session_control.routing._data import data
from pi_autonomous_session_control.routing._evidence import evident
from pi_autonomous_session_control.routing._kinds import DOMAIN_OF, UNKNOWN, WRITES
from pi_autonomous_session_control.routing._model import probabilities

if TYPE_CHECKING:
    import pytest

_CODEGEN = Path(__file__).parents[2] / "codegen"


def test_the_model_was_made_from_the_word_lists_and_queries_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(_CODEGEN))
    train = importlib.import_module("train")
    assert data().source == train.fingerprint(), f"run {_CODEGEN / 'train.py'}"


def test_the_model_knows_every_kind() -> None:
    assert set(data().kinds) == set(DOMAIN_OF)
    assert set(DOMAIN_OF) > WRITES


def test_only_what_a_query_mentions_comes_into_question() -> None:
    seen = analyse("how many branches are there", {})
    among = evident(seen.kept)
    assert {"list_branches", UNKNOWN} <= among
    assert "list_traps" not in among
    chances = probabilities(seen.features, among)
    assert set(chances) == among
    assert abs(sum(chances.values()) - 1) < 1e-9
    assert list(chances.values()) == sorted(chances.values(), reverse=True)


def test_of_a_query_without_a_word_of_ours_nothing_comes_into_question() -> None:
    assert evident(analyse("the quick brown fox", {}).kept) == {UNKNOWN}


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from pi_autonomous_session_control.routing import route\n"
        "late = ('rapidfuzz', 'snowballstemmer', 'typer', 'rich', 'pi_autonomous_session_control.routing._route')\n"
        "assert not [name for name in late if name in sys.modules]\n"
        "route('what files have I touched?'); assert 'rapidfuzz' not in sys.modules\n"
        "route('what fiels have I touched?'); assert 'rapidfuzz' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
