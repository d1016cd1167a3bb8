from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from template_support import workspace
from typer.testing import CliRunner

from pi_devkit._yaml import read_mapping
from pi_devkit.cli import main
from pi_devkit.cli._app import app
from pi_devkit.components import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def new(*words: str, typed: str = "") -> str:
    """Run ``pi-devkit new``, which has to end well."""
    done = CliRunner().invoke(app, ["new", *words], input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_says_what_to_do_next(tmp_path: Path) -> None:
    said = new("my-extension")
    assert said.startswith(f"my-extension: 19 files in {tmp_path / 'my-extension'}\n")
    assert said.endswith(
        "next:\n  cd my-extension\n  git init\n  uvx nox\n"
        "  replace OWNER in .copier-answers.yml, README.md, pyproject.toml by who will own the repository\n"
        '  git add . && git commit -m "my-extension from the template"\n'
    )


def test_with_an_address_of_its_own_there_is_no_owner_to_replace() -> None:
    assert "OWNER" not in new("my-extension", "-d", "repository=https://github.com/ada/my-extension")


def test_with_here_it_uses_the_folder_it_is_in(tmp_path: Path) -> None:
    assert "cd " not in new("my-extension", "--here")
    assert (tmp_path / "pyproject.toml").is_file()


def test_options_answer_questions(tmp_path: Path) -> None:
    new("my-extension", "--kind", "cli", "-d", "license=Apache-2.0", "-d", "description=a = b", "-d", "public_api=true")
    answers = read_mapping(tmp_path / "my-extension" / ".copier-answers.yml")
    assert (answers["kind"], answers["license"], answers["public_api"]) == ("cli", "Apache-2.0", True)
    assert answers["description"] == "a = b"


def test_in_a_terminal_it_asks_only_what_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_devkit.cli.new._is_terminal", lambda: True)
    said = new("my-extension", typed="Does good.\ntool\n\nhttps://github.com/ada/my-extension\n")
    assert "What does it do, in one line?\ndescription [Counts the tool calls of an answer" in said
    assert said.count("?") == 4
    assert "?:" not in said
    answers = read_mapping(tmp_path / "my-extension" / ".copier-answers.yml")
    assert (answers["description"], answers["kind"]) == ("Does good.", "tool")
    assert answers["author"] == "The my-extension authors"
    assert "What does it do" not in new("your-extension", "--defaults")


def test_an_answer_that_is_not_possible_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_devkit.cli.new._is_terminal", lambda: True)
    typed = "Does \x1b[D good.\nDoes good.\nhook\ntool\n\ngithub.com/ada\nhttps://github.com/ada/x\n"
    said = new("my-extension", typed=typed)
    assert "Error: the description 'Does \\x1b[D good.' has line breaks or control characters" in said
    assert "'hook' is not in ['hooks', 'tool', 'cli', 'companion']" in said
    assert "Error: 'github.com/ada' is no address of a repository" in said
    answers = read_mapping(tmp_path / "my-extension" / ".copier-answers.yml")
    assert (answers["description"], answers["kind"]) == ("Does good.", "tool")
    assert answers["repository"] == "https://github.com/ada/x"


@pytest.mark.parametrize(("name", "why"), [("json", "would hide the module json"), ("there", "it has 'file'")])
def test_what_stands_in_the_way_is_told_before_the_first_question(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pi_devkit.cli.new._is_terminal", lambda: True)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    done = CliRunner().invoke(app, ["new", name])
    assert why in str(done.exception)
    assert done.output == ""


def test_in_a_workspace_its_repository_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_devkit.cli.new._is_terminal", lambda: True)
    root = workspace(tmp_path / "work").root
    monkeypatch.chdir(root)
    assert "repository" not in new("pi-weather", typed="\n\nAda\n")
    answers = read_mapping(root / "packages" / "pi-weather" / ".copier-answers.yml")
    assert (answers["author"], answers["repository"]) == ("Ada", "https://github.com/ada/things")
    done = CliRunner().invoke(app, ["new", "pi-weather"])
    assert "there is a component 'pi-weather' already" in str(done.exception)
    assert done.output == ""


def test_inside_a_workspace_it_adds_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path / "work").root
    monkeypatch.chdir(root / "packages")
    said = new("pi-weather")
    assert "changed for it: components.toml, pyproject.toml" in said
    assert said.endswith("next:\n  uv lock\n  uvx nox\n")
    assert Workspace.find(root).component("pi-weather").path == "packages/pi-weather"


def test_a_repository_of_its_own_can_be_asked_for_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(tmp_path / "work").root
    monkeypatch.chdir(root)
    new("my-extension", "--standalone")
    assert (root / "my-extension" / "noxfile.py").is_file()
    assert "my-extension" not in Workspace.find(root).file.components


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["json"], "'json' would hide the module json of Python: try 'pi-json'"),
        (["my-extension", "--kind", "nonsense"], "'nonsense' is not in ['hooks'"),
        (["my-extension", "-d", "license"], "must be QUESTION=ANSWER"),
        (["my-extension", "-d", "layout=workspace"], "'layout' is not for --data"),
        (
            ["my-extension", "-d", "kind=cli", "-k", "tool"],
            "--kind says 'tool' and --data says 'cli'; give one of them",
        ),
        (["pi-weather", "--workspace"], "there is no components.toml in "),
        (["there"], "exists and is not empty"),
    ],
)
def test_t23_what_is_wrong_is_one_line_on_stderr(
    words: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    monkeypatch.setattr("sys.argv", ["pi-devkit", "new", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.out == ""
    assert said.err.startswith("pi-devkit: ")
    assert why in said.err
    assert said.err.count("\n") == 1


def test_in_a_workspace_there_is_no_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace(tmp_path / "work").root)
    done = CliRunner().invoke(app, ["new", "pi-weather", "--here"])
    assert "goes into packages/" in str(done.exception)
