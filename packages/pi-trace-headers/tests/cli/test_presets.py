from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pi_trace_headers._presets import presets

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


def test_the_presets_are_listed_with_their_sources(pi_trace: Run) -> None:
    code, out, _ = pi_trace("presets", "list")
    assert code == 0
    text = " ".join(out.split())
    assert all(name in text for name in presets())
    assert "X-Opper-Trace-Id" in text
    assert "whom a rule names" in text


def test_the_presets_as_json(pi_trace: Run) -> None:
    _, out, _ = pi_trace("presets", "list", "--json")
    listed = json.loads(out)
    assert list(listed) == list(presets())
    assert listed["opper"]["headers"] == presets()["opper"].headers
