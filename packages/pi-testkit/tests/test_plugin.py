from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

MODULE = """
import pytest

def test_all(pi_version): pass

@pytest.mark.pi_versions("0.74.2")
def test_old(pi_version): pass

@pytest.mark.pi_since("0.87.1")
def test_new(pi_version): pass
"""


def collected(pytester: pytest.Pytester, *args: str) -> list[str]:
    pytester.makepyfile(MODULE)
    lines = pytester.runpytest_subprocess("--collect-only", "-q", *args).outlines
    return sorted(line.partition("::")[2] for line in lines if "::" in line)


def test_tests_run_once_for_each_version_their_markers_leave(pytester: pytest.Pytester) -> None:
    assert collected(pytester) == [
        "test_all[0.74.2]",
        "test_all[0.87.1]",
        "test_all[1.5.2]",
        "test_new[0.87.1]",
        "test_new[1.5.2]",
        "test_old[0.74.2]",
    ]


def test_the_command_line_narrows_the_versions(pytester: pytest.Pytester) -> None:
    assert collected(pytester, "--pi-version", "1.5.2") == ["test_all[1.5.2]", "test_new[1.5.2]", "test_old[no-pi]"]


def test_a_test_without_a_version_left_is_skipped(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MODULE)
    result = pytester.runpytest_subprocess("--pi-version", "1.5.2", "-rs")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["*not for the version of pi asked for*"])


def test_a_marker_with_an_unknown_version_is_an_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile('import pytest\n@pytest.mark.pi_since("9.9")\ndef test_x(pi_version): pass')
    result = pytester.runpytest_subprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*no such pi version: *9.9*"])


def test_a_whole_test_with_real_pi_passes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from pi_testkit import Say

        def test_hello(pi, scripted_model):
            assert pi.model is scripted_model
            scripted_model.add(Say("hello"))
            assert pi.print("hi").stdout == "hello\\n"
        """
    )
    pytester.runpytest_subprocess("-W", "error", "--pi-version", "1.5.2").assert_outcomes(passed=1)


def test_starting_pytest_imports_nothing_heavy() -> None:
    code = "import sys, pi_testkit.plugin; print({'aiohttp', 'pyte', 'typer', 'rich', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
