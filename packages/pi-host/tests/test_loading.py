"""From a selection of plugins to the registry that runs them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pi_host import _manifest
from pi_host._discovery import Selection
from pi_host._errors import PluginError
from pi_host._loading import Loaded, load_plugins
from pi_host._plugins import load

if TYPE_CHECKING:
    from pathlib import Path

    from core_support import Site

    from pi_host._plugins import Plugin

PLUGIN = """
from pi_host import command, flag, hookimpl, tool

loud = flag("loud")

@hookimpl
def agent_start(): pass

@tool
def weather(city: str) -> str:
    \"\"\"Tell the weather.\"\"\"

@command
def hello(): pass
"""


class Place:
    """An agent dir with its cache, to load plugins from again and again."""

    def __init__(self, root: Path) -> None:
        self.agent_dir = root / "agent"
        self.project = root / "project"
        self.manifest = root / "cache" / "manifest.json"
        self.imported: list[str] = []

    def write(self, name: str, source: str = PLUGIN, folder: Path | None = None) -> Path:
        path = (folder or self.agent_dir / "python") / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return path

    def configure(self, text: str, folder: Path | None = None) -> None:
        path = (folder or self.agent_dir) / "pi-host.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def load(self, *, pi_version: str = "1.5.2", **options: Any) -> Loaded:
        self.imported = []

        def counted(plugin: Plugin) -> Any:
            self.imported.append(plugin.name)
            return load(plugin)

        selection = Selection(self.agent_dir, **{"autoload": False, **options})
        return load_plugins(selection, self.manifest, pi_version=pi_version, loader=counted)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def status(loaded: Loaded) -> dict[str, str]:
    return {plugin.name: plugin.status for plugin in loaded.registry.plugins}


def test_the_first_start_compiles_the_manifest_and_the_second_one_uses_it(place: Place) -> None:
    place.write("mine")
    first, second = place.load(), place.load()

    assert (first.cached, second.cached) == (False, True)
    assert (
        first.manifest.contributions
        == second.manifest.contributions
        == _manifest.Contributions(
            events={"agent_start": 1},
            tools=[first.registry.tools["weather"][1].declaration()],
            commands=[{"name": "hello", "description": "", "completes": False}],
            flags=[{"name": "loud", "type": "boolean", "default": False, "description": ""}],
        )
    )
    assert list(second.registry.tools) == ["weather"]
    assert status(second) == {"mine": "active"}


def test_it_works_without_a_place_for_the_manifest(place: Place) -> None:
    place.write("mine")
    loaded = load_plugins(Selection(place.agent_dir, autoload=False), None, pi_version="")

    assert not loaded.cached
    assert status(loaded) == {"mine": "active"}


def test_it_works_where_the_cache_cannot_be_written(place: Place) -> None:
    place.write("mine")
    place.manifest.parent.write_text("in the way")

    assert [place.load().cached for _ in range(2)] == [False, False]


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b'{"format": 1}', b"\xff"])
def test_a_damaged_manifest_is_made_anew(contents: bytes, place: Place) -> None:
    place.write("mine")
    place.load()
    place.manifest.write_bytes(contents)

    assert [place.load().cached for _ in range(2)] == [False, True]


def later(path: Path) -> None:
    """Make sure that a change shows in the time of a file, however coarse the clock of the file system."""
    now = path.stat().st_mtime_ns
    os.utime(path, ns=(now + 1_000_000_000, now + 1_000_000_000))


def test_a_changed_plugin_is_noticed(place: Place) -> None:
    path = place.write("mine")
    place.load()
    path.write_text(PLUGIN.replace("agent_start", "agent_end"))
    later(path)
    loaded = place.load()

    assert not loaded.cached
    assert loaded.manifest.contributions.events == {"agent_end": 1}
    assert place.load().cached


def test_a_new_plugin_and_a_removed_one_are_noticed(place: Place) -> None:
    place.write("mine")
    place.load()
    other = place.write("other", "")
    later(other.parent)

    assert status(place.load()) == {"mine": "active", "other": "active"}
    other.unlink()
    later(other.parent)
    loaded = place.load()
    assert (loaded.cached, status(loaded)) == (False, {"mine": "active"})


def test_the_first_plugin_ever_is_noticed(place: Place) -> None:
    place.load()
    assert place.load().cached
    place.write("mine")

    assert status(place.load()) == {"mine": "active"}


def test_a_changed_configuration_is_noticed(place: Place) -> None:
    place.write("mine")
    place.load()
    place.configure('disabled = ["mine"]')
    loaded = place.load()

    assert (loaded.cached, status(loaded), place.imported) == (False, {"mine": "disabled"}, [])
    assert place.load().cached
    assert place.imported == []


def test_an_installed_distribution_is_noticed(place: Place, site: Site) -> None:
    place.load(autoload=True)
    assert place.load(autoload=True).cached
    site.install("fresh", PLUGIN)
    later(site.folder)

    assert status(place.load(autoload=True))["fresh"] == "active"


def test_with_a_fresh_manifest_nobody_looks_around_for_plugins(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("mine")
    place.load()
    monkeypatch.setattr("pi_host._loading._find", lambda *_: pytest.fail("looked around"))

    assert place.load().cached


def test_a_projects_plugins_and_configuration_come_on_top(place: Place) -> None:
    place.write("mine")
    place.write("local", "", folder=place.project / ".pi" / "python")
    place.configure("deadline = 5\n[plugins.mine]\nx = 1")
    place.configure("deadline = 7\n[plugins.mine]\ny = 2", folder=place.project / ".pi")
    loaded = place.load(project=place.project)

    assert status(loaded) == {"local": "active", "mine": "active"}
    assert (loaded.config.deadline, loaded.config.plugins) == (7, {"mine": {"x": 1, "y": 2}})
    assert place.load(project=place.project).config == loaded.config


def test_a_broken_configuration_is_told_at_every_start_and_the_plugins_run_with_the_defaults(place: Place) -> None:
    place.write("mine")
    place.configure("deadline = ")
    for cached in (False, True):
        loaded = place.load()

        assert (loaded.cached, status(loaded), loaded.config.deadline) == (cached, {"mine": "active"}, 30)
        (problem,) = loaded.manifest.problems
        assert str(place.agent_dir / "pi-host.toml") in problem
        assert problem.endswith("this file is ignored until it is mended")


def test_a_broken_project_configuration_does_not_cost_the_users(place: Place) -> None:
    place.configure("deadline = 5")
    place.configure("nonsense = 1", folder=place.project / ".pi")
    loaded = place.load(project=place.project)

    assert loaded.config.deadline == 5
    assert len(loaded.manifest.problems) == 1


def test_a_broken_plugin_gets_another_chance_at_every_start(place: Place) -> None:
    place.write("mine", "import os\nif 'MEND_ME' not in os.environ: raise RuntimeError('not yet')\n" + PLUGIN)
    place.write("well", "")
    first, second = place.load(), place.load()

    assert status(first) == status(second) == {"mine": "broken", "well": "active"}
    assert second.registry.plugins[0].problem == first.registry.plugins[0].problem
    os.environ["MEND_ME"] = "1"
    try:
        third = place.load()
    finally:
        del os.environ["MEND_ME"]
    assert (third.cached, status(third)) == (False, {"mine": "active", "well": "active"})
    assert list(third.registry.tools) == ["weather"]


def test_a_plugin_that_offers_nothing_is_listed_as_mended_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("mine", "import os\nif 'MEND_ME' not in os.environ: raise RuntimeError('not yet')\n")
    place.load()
    monkeypatch.setenv("MEND_ME", "1")
    mended = place.load()

    assert not mended.cached
    assert [plugin.status for plugin in mended.manifest.plugins] == ["active"]
    assert place.load().cached


def test_a_plugin_that_offers_something_else_than_it_did_is_noticed(place: Place) -> None:
    place.write(
        "mine", "import os\nfrom pi_host import hookimpl\n@hookimpl(specname=os.environ['HOOK'])\ndef f(): pass\n"
    )
    for hook, cached in (("input", False), ("input", True), ("context", False), ("context", True)):
        os.environ["HOOK"] = hook
        loaded = place.load()

        assert (loaded.cached, loaded.manifest.contributions.events) == (cached, {hook: 1})
    del os.environ["HOOK"]


def test_what_pi_is_too_old_for_is_refused_and_admitted_by_a_newer_one(place: Place) -> None:
    place.write("mine", "REQUIRES_PI = '1.0'\n" + PLUGIN)

    assert status(place.load(pi_version="0.87.1")) == {"mine": "refused"}
    assert status(place.load(pi_version="0.87.1")) == {"mine": "refused"}
    assert status(place.load(pi_version="1.5.2")) == {"mine": "active"}


def test_a_name_that_is_taken_stays_taken_with_the_manifest(place: Place) -> None:
    place.write("same")
    place.write("same", "raise RuntimeError", folder=place.project / ".pi" / "python")
    for cached in (False, True):
        loaded = place.load(project=place.project)

        assert loaded.cached == cached
        assert [plugin.status for plugin in loaded.registry.plugins] == ["active", "refused"]
        assert place.imported == ["same"]
        assert "its name is already taken" in (loaded.registry.plugins[1].problem or "")


def test_a_plugin_asked_for_that_does_not_exist_is_an_error(place: Place) -> None:
    with pytest.raises(PluginError, match="nothing"):
        place.load(explicit=["nothing"])


@pytest.mark.parametrize(
    "source",
    [
        "import os\nfrom pi_host import flag\nx = flag('x', default=os.environ['IT'])",
        "import os\nfrom pi_host import command\n@command(description=os.environ['IT'])\ndef x(): pass",
        "import os\nfrom pi_host import tool\n@tool\ndef x(y: str = os.environ['IT']): pass",
    ],
)
def test_a_declaration_that_depends_on_something_else_is_noticed(
    source: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("mine", source)
    for value, cached in (("one", False), ("one", True), ("two", False), ("two", True)):
        monkeypatch.setenv("IT", value)
        loaded = place.load()

        assert loaded.cached == cached
        assert value in str(loaded.manifest.contributions)


def test_a_plugin_that_says_what_utf8_cannot_does_not_cost_the_others(place: Place) -> None:
    place.write("mine")
    place.write("bad", r"raise ValueError('x\ud83d')")
    place.write("caf\udce9", "")
    first, second = place.load(), place.load()

    assert (first.cached, second.cached) == (False, True)
    assert status(first) == status(second) == {"bad": "broken", "caf\\udce9": "broken", "mine": "active"}
    assert [plugin.problem for plugin in first.registry.plugins] == [
        plugin.problem for plugin in second.registry.plugins
    ]


def test_options_have_the_same_types_with_the_manifest_and_without(place: Place) -> None:
    place.configure("[plugins.mine]\nday = 2026-01-02")

    assert [place.load().config.plugins for _ in range(2)] == [{"mine": {"day": "2026-01-02"}}] * 2
