"""How every case is written: the points 9, 17 and 24 of the list."""

from __future__ import annotations

import re
from pathlib import Path

from template_support import CASES, TEMPLATE, copier_cli, files

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


def test_t17_extensions_whose_names_differ_in_more_than_the_prefix_share_none(rendered: dict[str, Path]) -> None:
    # `weather` and `pi-weather` are one name to pi-host, which refuses the second and says so.
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
