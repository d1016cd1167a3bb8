"""Plugins, found without importing any of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from pi_host._config import Config
from pi_host._discovery import Selection, find
from pi_host._errors import PluginError

if TYPE_CHECKING:
    from pathlib import Path

    from core_support import Site

    from pi_host._plugins import Plugin

#: Importing this fails the test, wherever it happens.
POISON = "import sys\nsys.poisoned = True\nraise SystemError('nobody was to import this')\n"


def found(agent_dir: Path, config: Config | None = None, **options: Any) -> dict[str, Plugin]:
    plugins = find(Selection(agent_dir, **options), config or Config())
    mine = [plugin for plugin in plugins if plugin.distribution is None or plugin.distribution.startswith("dist-")]
    assert not hasattr(sys, "poisoned")
    return {plugin.name: plugin for plugin in mine}


def file_plugin(folder: Path, name: str, source: str = POISON) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(source)
    return path


def test_nothing_is_found_where_nothing_is(tmp_path: Path, site: Site) -> None:
    assert site.folder.is_dir()
    assert found(tmp_path / "agent") == {}


def test_installed_distributions_are_found_with_their_versions(tmp_path: Path, site: Site) -> None:
    site.install("alpha", POISON, version="2.5")
    site.install("beta", POISON, target="beta_module:plugin")
    plugins = found(tmp_path)

    assert list(plugins) == ["alpha", "beta"]
    alpha, beta = plugins.values()
    assert (alpha.source, alpha.target, alpha.distribution, alpha.version) == (
        "entry-point",
        "alpha_module",
        "dist-alpha",
        "2.5",
    )
    assert beta.target == "beta_module:plugin"
    assert alpha.status == beta.status == "active"


def test_single_files_are_found_in_the_agent_dir(tmp_path: Path) -> None:
    path = file_plugin(tmp_path / "python", "mine")
    (tmp_path / "python" / "notes.txt").write_text("no plugin")
    (tmp_path / "python" / "folder").mkdir()
    plugins = found(tmp_path)

    assert list(plugins) == ["mine"]
    assert (plugins["mine"].source, plugins["mine"].target, plugins["mine"].is_file) == ("file", str(path), True)


def test_a_projects_files_are_found_only_where_it_is_trusted(tmp_path: Path) -> None:
    path = file_plugin(tmp_path / "project" / ".pi" / "python", "local")

    assert found(tmp_path / "agent") == {}
    plugins = found(tmp_path / "agent", project=tmp_path / "project")
    assert (plugins["local"].source, plugins["local"].target) == ("project", str(path))


def test_plugins_come_in_the_order_asked_for_and_then_by_name(tmp_path: Path, site: Site) -> None:
    for name in ("delta", "bravo"):
        site.install(name, POISON)
    for name in ("charlie", "alpha"):
        file_plugin(tmp_path / "python", name)

    assert list(found(tmp_path)) == ["alpha", "bravo", "charlie", "delta"]
    assert list(found(tmp_path, Config(order=["delta", "unknown", "charlie"]))) == [
        "delta",
        "charlie",
        "alpha",
        "bravo",
    ]


def test_disabled_plugins_are_listed_as_such(tmp_path: Path, site: Site) -> None:
    site.install("alpha", POISON)
    file_plugin(tmp_path / "python", "mine")
    plugins = found(tmp_path, Config(disabled=["alpha", "mine", "unknown"]))

    assert {name: plugin.status for name, plugin in plugins.items()} == {"alpha": "disabled", "mine": "disabled"}


def test_of_two_plugins_of_one_name_the_installed_one_keeps_it(tmp_path: Path, site: Site) -> None:
    site.install("same", POISON)
    path = file_plugin(tmp_path / "python", "same")
    plugins = [plugin for plugin in find(Selection(tmp_path), Config()) if plugin.name == "same"]

    assert [(plugin.source, plugin.status) for plugin in plugins] == [("entry-point", "active"), ("file", "refused")]
    assert plugins[1].problem == "its name is already taken by 'same_module'; rename one of them"
    assert plugins[1].target == str(path)


def test_a_project_cannot_take_the_name_of_the_users_plugin(tmp_path: Path) -> None:
    mine = file_plugin(tmp_path / "agent" / "python", "guard")
    file_plugin(tmp_path / "project" / ".pi" / "python", "guard")
    plugins = find(Selection(tmp_path / "agent", project=tmp_path / "project", autoload=False), Config())

    assert [(plugin.source, plugin.status) for plugin in plugins] == [("file", "active"), ("project", "refused")]
    assert plugins[0].target == str(mine)


def test_the_refused_one_of_a_disabled_name_does_not_run_either(tmp_path: Path, site: Site) -> None:
    site.install("same", POISON)
    file_plugin(tmp_path / "python", "same")
    plugins = [plugin for plugin in find(Selection(tmp_path), Config(disabled=["same"])) if plugin.name == "same"]

    assert [plugin.status for plugin in plugins] == ["disabled", "refused"]


def test_without_autoload_installed_plugins_are_left_out_but_files_are_not(tmp_path: Path, site: Site) -> None:
    site.install("alpha", POISON)
    file_plugin(tmp_path / "python", "mine")

    assert list(found(tmp_path, autoload=False)) == ["mine"]


def test_a_plugin_asked_for_by_name_comes_without_autoload_and_though_it_is_disabled(
    tmp_path: Path, site: Site
) -> None:
    site.install("alpha", POISON)
    site.install("beta", POISON)
    plugins = found(tmp_path, Config(disabled=["alpha"]), autoload=False, explicit=["alpha"])

    assert list(plugins) == ["alpha"]
    assert (plugins["alpha"].source, plugins["alpha"].status) == ("explicit", "active")
    assert plugins["alpha"].distribution == "dist-alpha"


def test_an_installed_plugin_asked_for_by_name_is_there_once(tmp_path: Path, site: Site) -> None:
    site.install("alpha", POISON)
    plugins = [plugin for plugin in find(Selection(tmp_path, explicit=["alpha"]), Config()) if plugin.name == "alpha"]

    assert [(plugin.source, plugin.status) for plugin in plugins] == [("explicit", "active")]


def test_a_module_may_be_asked_for(tmp_path: Path) -> None:
    plugins = found(tmp_path, autoload=False, explicit=["package.module", "module:object"])

    assert {name: plugin.target for name, plugin in plugins.items()} == {
        "package.module": "package.module",
        "module:object": "module:object",
    }


def test_a_file_may_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_plugin(tmp_path / "work", "trial")
    monkeypatch.chdir(path.parent)
    plugins = found(tmp_path / "agent", autoload=False, explicit=["trial.py"])

    assert (plugins["trial"].source, plugins["trial"].target) == ("explicit", str(path))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [("nowhere.py", "there is no file 'nowhere.py'"), ("nothing", "no installed distribution brings it")],
)
def test_what_was_asked_for_and_does_not_exist_is_an_error(wanted: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=words) as caught:
        find(Selection(tmp_path, explicit=[wanted]), Config())
    assert caught.value.plugin == wanted


@pytest.mark.parametrize("by", ["name", "path"])
def test_a_file_of_the_agent_dir_that_is_asked_for_is_there_once(by: str, tmp_path: Path) -> None:
    path = file_plugin(tmp_path / "python", "mine")
    file_plugin(tmp_path / "python", "other")
    wanted = "mine" if by == "name" else str(path)
    plugins = find(Selection(tmp_path, autoload=False, explicit=[wanted]), Config(disabled=["mine"]))

    assert [(plugin.name, plugin.source, plugin.status) for plugin in plugins] == [
        ("mine", "explicit", "active"),
        ("other", "file", "active"),
    ]


def test_asking_twice_is_asking_once(tmp_path: Path, site: Site) -> None:
    site.install("alpha", POISON)

    assert list(found(tmp_path, autoload=False, explicit=["alpha", "alpha_module"])) == ["alpha"]


def test_what_an_editor_leaves_behind_is_no_plugin(tmp_path: Path) -> None:
    for name in ("gate", ".#gate", ".gate2", "__init__"):
        file_plugin(tmp_path / "python", name)

    assert list(found(tmp_path)) == ["gate"]


def test_a_file_whose_name_is_not_utf8_is_broken_and_told_in_text_that_can_be_written(tmp_path: Path) -> None:
    file_plugin(tmp_path / "python", "caf\udce9")
    (plugin,) = found(tmp_path, autoload=False).values()

    assert (plugin.name, plugin.status) == ("caf\\udce9", "broken")
    assert plugin.problem is not None
    assert plugin.problem.startswith("its name is not UTF-8")
    assert (plugin.target + plugin.problem).isascii()
