"""The tests of a new extension fail when its plugin is broken: point 4 of the list."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import pytest
from template_support import CASES, run

if TYPE_CHECKING:
    from pathlib import Path

_HOOKS: Final = "my-extension"
_TOOL: Final = "pi-typed-tool"
_COMPANION: Final = "x2go3-notes"
_CRASH: Final = 'raise RuntimeError("broken")'

#: By what is broken: the case, and what stands in the place of what.
MUTANTS: Final = {
    "crash at the start": (_HOOKS, "    _calls.clear()\n", f"    _calls.clear()\n    {_CRASH}\n"),
    "crash at a call": (_HOOKS, "    ctx.ui.set_status(_amount())\n", f"    {_CRASH}\n"),
    "crash after a yes": (_HOOKS, 'go on?"):\n        return None', f'go on?"):\n        {_CRASH}'),
    "crash at the end": (_HOOKS, "    ctx.ui.set_status(None)\n", f"    ctx.ui.set_status(None)\n    {_CRASH}\n"),
    "crash without a user": (_HOOKS, "not ctx.has_ui:\n", "not ctx.has_ui:\n        assert ctx.has_ui\n"),
    "zero is a limit": (_HOOKS, "if not limit or ", "if "),
    "it asks at every other call": (_HOOKS, "_calls.total % limit", "_calls.total != limit"),
    "limits below zero": (_HOOKS, "limit < 0", "limit < -5"),
    "true is a limit": (_HOOKS, "type(limit) is not int", "not isinstance(limit, int)"),
    "nothing is left out": (_TOOL, "if number >= at_least", "if True"),
    "no lower bound": (_TOOL, "ge=1, ", ""),
    "no upper bound": (_TOOL, ", le=1000", ""),
    "no snippet": (_TOOL, ', snippet="how often which tool was called in this answer"', ""),
    "no module inside pi": (_COMPANION, 'inside = companion("inside.js")\n', ""),
    "a message that is not drawn": (_COMPANION, 'send_message("x2go3-notes"', 'send_message("other"'),
}


def _tests(project: Path) -> int:
    """Run the tests of the plugin; returns 0 if they pass, 1 if one fails."""
    words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/test_plugin.py"]
    return run(sys.executable, *words, cwd=project, env={**os.environ, "PYTHONPATH": "src"}).returncode


@pytest.fixture
def mutable(request: pytest.FixtureRequest, rendered: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of a case."""
    return shutil.copytree(rendered[request.param], tmp_path / "copy")


@pytest.mark.parametrize("mutable", [_HOOKS, _TOOL, _COMPANION], indirect=True)
def test_t4_the_tests_of_the_plugin_pass(mutable: Path) -> None:
    assert _tests(mutable) == 0


@pytest.mark.parametrize(("mutable", "mutant"), [(row[0], name) for name, row in MUTANTS.items()], indirect=["mutable"])
def test_t4_the_tests_of_a_broken_plugin_fail(mutable: Path, mutant: str) -> None:
    case, old, new = MUTANTS[mutant]
    plugin = mutable / "src" / CASES[case].module / "plugin.py"
    text = plugin.read_text("utf-8")
    assert text.count(old) == 1
    plugin.write_text(text.replace(old, new), "utf-8")
    assert _tests(mutable) == 1
