"""Names and answers that are not possible: point 23 of the list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from template_support import TEMPLATE, copier_cli, workspace

from pi_devkit._errors import DevkitError
from pi_devkit._yaml import read_mapping
from pi_devkit.scaffold import member, standalone

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("My-Extension", "use lower-case letters"),
        ("My_Extension", "as in 'my-extension'"),
        ("-lane", "use lower-case letters"),
        ("pi--lane", "use lower-case letters"),
        ("2fast", "begin with a letter"),
        ("naïve", "use lower-case letters"),
        ("a b", "as in 'a-b'"),
        ("2 fast", "as in 'pi-weather'"),
        ("../up", "use lower-case letters"),
        ("{{ 7 * 7 }}", "use lower-case letters"),
        ("pi", "too short"),
        ("p" * 41, "40 characters"),
        ("json", "would hide the module json of Python: try 'pi-json'"),
        ("py-compile", "would hide the module py_compile"),
        ("async", "choose one of your own"),
        ("pi-host", "choose one of your own"),
        ("pytest", "choose one of your own"),
        ("tests", "choose one of your own"),
        ("con", "choose one of your own"),
        ("pi-model", "would take the command /model, which is pi's own: try 'pi-my-model'"),
        ("settings", "would take the command /settings, which is pi's own: try 'pi-my-settings'"),
        ("pi-scoped-models", "try 'pi-my-scoped-models'"),
        ("pi-lane-v2", "leave the ending out"),
    ],
)
def test_t23_a_bad_name_is_one_readable_line_and_leaves_nothing(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(DevkitError) as caught:
        standalone(name, tmp_path / "new", {})
    assert why in str(caught.value)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"description": ""}, "say in one line what the extension does"),
        ({"description": "two\nlines"}, "use one line of text"),
        ({"description": "x" * 201}, "use 200 at most"),
        ({"author": " "}, "give a name in one line"),
        ({"repository": "github.com/ada/x"}, "use https://HOST/OWNER/NAME"),
        ({"repository": "https://github.com/ada/x/"}, "without a slash at the end"),
        ({"kind": "hook"}, "'hook' is not in ['hooks'"),
        ({"license": "GPL"}, "'GPL' is not in ['MIT'"),
        ({"python_floor": "3.10"}, "'3.10' is not in ['3.11'"),
        ({"public_api": "yes"}, "public_api is 'yes', but must be true or false"),
        ({"licence": "MIT"}, "the template does not ask 'licence'; it asks description, kind"),
        ({"description": "up \x1b[A"}, "control characters"),
        ({"kind": "tool\x1b[C"}, "is not in ['hooks'"),
        ({"author": "Ada\x1b[D"}, "give a name in one line"),
        ({"repository": "https://github.com/ada/x\x1b[D"}, "use https://HOST/OWNER/NAME"),
    ],
)
def test_t23_a_bad_answer_is_one_readable_line(answers: dict[str, str], why: str, tmp_path: Path) -> None:
    with pytest.raises(DevkitError) as caught:
        standalone("my-extension", tmp_path / "new", answers)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_t23_a_workspace_has_a_prefix(tmp_path: Path) -> None:
    with pytest.raises(DevkitError, match="'weather' lacks the prefix of this workspace: try 'pi-weather'"):
        member("weather", workspace(tmp_path / "work"), {})


def test_t23_copier_alone_says_the_same(tmp_path: Path) -> None:
    done = copier_cli("copy", "--defaults", "--data", "name=json", str(TEMPLATE), "new", cwd=tmp_path)
    assert done.returncode == 1
    assert "'json' would hide the module json of Python: try 'pi-json'" in done.stderr


def test_every_module_of_this_python_that_a_name_could_hide_is_known() -> None:
    known = read_mapping(TEMPLATE / "copier.yml")["stdlib_names"]["default"]
    own = {name for name in sys.stdlib_module_names if not name.startswith("_") and name.islower() and len(name) > 2}
    assert own - set(known) == set()


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / ".git").mkdir()
    with pytest.raises(DevkitError, match=r"exists and is not empty: it has 'notes\.txt'; move that away"):
        standalone("my-extension", tmp_path, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "notes.txt"]


def test_of_many_files_in_the_way_some_are_named(tmp_path: Path) -> None:
    for name in "abcdefg":
        (tmp_path / name).touch()
    with pytest.raises(DevkitError, match="it has 'a', 'b', 'c', 'd', 'e', 2 more; "):
        standalone("my-extension", tmp_path, {})


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("mine", "utf-8")
    with pytest.raises(DevkitError, match="exists and is a file"):
        standalone("my-extension", tmp_path / "new", {})
