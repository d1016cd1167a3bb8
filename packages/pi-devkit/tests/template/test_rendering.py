"""How every case is written: the points 9, 10, 17 and 24 of the list."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from template_support import CASES, STANDALONE, TEMPLATE, WORKSPACE, copier_cli, files, run, workspace

from pi_devkit.components import Workspace
from pi_devkit.scaffold import member

GOLDEN = Path(__file__).parent / "golden.txt"

#: What Windows refuses in a file's name.
_ILLEGAL = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)


def test_t9_copier_renders_it_as_a_user_calls_it_and_needs_no_trust(tmp_path: Path) -> None:
    done = copier_cli("copy", "--defaults", "--data", "name=my-extension", str(TEMPLATE), "new", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "pyproject.toml").is_file()


def test_t9_no_template_language_is_left(project: Path) -> None:
    for file in files(project):
        text = (project / file).read_text("utf-8")
        # The workflows have expressions of their own.
        assert "{%" not in text, file
        assert re.search(r"(?<!\$)\{\{", text) is None, file


def test_t9_every_file_has_a_lawful_name_plain_line_ends_and_one_at_its_end(project: Path) -> None:
    for file in files(project):
        data = (project / file).read_bytes()
        assert not any(_ILLEGAL.search(part) for part in file.split("/")), file
        assert b"\r" not in data, file
        assert data == b"" or (data.endswith(b"\n") and not data.endswith(b"\n\n")), file
        assert not (project / file).stat().st_mode & 0o111, file


def _ruff(*words: str | Path, cwd: Path) -> str:
    done = run(sys.executable, "-m", "ruff", *words, cwd=cwd)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("name", STANDALONE)
def test_t10_by_its_own_rules_there_is_nothing_to_format_and_nothing_to_mend(
    name: str, rendered: dict[str, Path]
) -> None:
    assert _ruff("format", "--no-cache", "--diff", ".", cwd=rendered[name]) == ""
    assert _ruff("check", "--no-cache", ".", cwd=rendered[name]) == ""


def test_t10_by_the_rules_of_the_workspace_there_is_nothing_to_format_and_nothing_to_mend(tmp_path: Path) -> None:
    scratch = workspace(tmp_path / "work")
    for name in WORKSPACE:
        answers = {
            key: str(value).lower() if isinstance(value, bool) else value for key, value in CASES[name].answers.items()
        }
        member(name, Workspace.find(scratch.root), {key: answers[key] for key in answers.keys() - {"name", "layout"}})
    assert _ruff("format", "--no-cache", "--diff", ".", cwd=scratch.root) == ""
    assert _ruff("check", "--no-cache", ".", cwd=scratch.root) == ""


def test_t10_types_are_right(rendered: dict[str, Path]) -> None:
    name = next(name for name in STANDALONE if CASES[name].kind == "cli")
    done = run(sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "src", cwd=rendered[name])
    assert done.returncode == 0, done.stdout


def test_t17_two_extensions_share_no_name(rendered: dict[str, Path]) -> None:
    one, other = (
        " ".join((rendered[name] / "pyproject.toml").read_text("utf-8").split("[project.entry-points")[1].split())
        for name in ("pi-zebra", "pi-an-extension-with-quite-a-long-name-x")
    )
    assert set(re.findall(r"\w[\w-]+ =", one)) & set(re.findall(r"\w[\w-]+ =", other)) <= {
        "lint =",
        "test =",
        "packages =",
        "only-include =",
        "pi-host =",
        "pi-testkit =",
        "workspace =",
    }
    for name, case in CASES.items():
        text = (rendered[name] / "src" / case.module / "plugin.py").read_text("utf-8")
        assert re.findall(r'@(?:command|tool)\(name="([^"]+)"', text) == [case.plugin, f"{case.module}_calls"]


def test_t24_the_files_are_those_that_were_agreed_on(rendered: dict[str, Path]) -> None:
    listing = "".join(
        f"{name} ({case.kind}, {case.layout})\n" + "".join(f"  {file}\n" for file in files(rendered[name]))
        for name, case in CASES.items()
    )
    assert listing == GOLDEN.read_text("utf-8"), f"look at the change, and if it is meant write it to {GOLDEN}"
