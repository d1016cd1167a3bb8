"""What the plugins offer, on disk."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from core_support import namespace, registry_of

from pi_host import _manifest, command, flag, hookimpl, tool
from pi_host._config import Config
from pi_host._discovery import Selection
from pi_host._manifest import FORMAT, compile_manifest, path_for, read, write
from pi_host._plugins import Plugin
from pi_host._registry import Registry
from pi_host.launch import BRIDGE
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from pi_host._manifest import Manifest


def compiled(selection: Selection, plugins: list[Plugin] | None = None, config: Config | None = None) -> Manifest:
    registry = Registry(config or Config(), pi_version="1.5.2")
    registry.add(plugins or [])
    return compile_manifest(registry, selection, config or Config(), [])


def offering() -> Manifest:
    @tool
    def weather(city: str, days: int = 1) -> str:
        """Tell the weather."""
        return city * days

    @command
    def hello() -> None:
        """Say hello."""

    plugin = namespace(weather=weather, hello=hello, loud=flag("loud"), it=hookimpl(specname="input")(lambda: None))
    config = Config(order=["a"], deadline=5, plugins={"a": {"deadline": 2.5, "x": [1, {"y": None}]}})
    return compile_manifest(registry_of({"a": plugin}, config), Selection(Path("/agent")), config, ["a problem"])


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    manifest = offering()

    assert write(manifest, tmp_path / "cache" / "manifest.json")
    assert read(tmp_path / "cache" / "manifest.json") == manifest


def test_it_holds_what_the_bridge_has_to_know() -> None:
    manifest = offering()

    assert manifest.contributions.events == {"input": 1}
    assert [declared["name"] for declared in manifest.contributions.tools] == ["weather"]
    assert manifest.contributions.commands == [{"name": "hello", "description": "Say hello.", "completes": False}]
    assert [declared["name"] for declared in manifest.contributions.flags] == ["loud"]
    assert [plugin.name for plugin in manifest.plugins] == ["a"]
    assert manifest.problems == ["a problem"]


def test_it_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "manifest.json"
    write(offering(), path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_where_it_cannot_be_kept_that_is_said_and_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache").write_text("in the way")

    assert not write(offering(), tmp_path / "cache" / "manifest.json")
    assert "the manifest can't be kept" in capsys.readouterr().err


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}', b'{"format": "1"}'])
def test_a_damaged_file_counts_as_none(contents: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(contents)

    assert read(tmp_path / "manifest.json") is None


def test_no_file_counts_as_none(tmp_path: Path) -> None:
    assert read(tmp_path / "manifest.json") is None
    assert read(tmp_path) is None


def test_a_file_of_another_format_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    write(offering(), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": FORMAT + 1}))

    assert read(path) is None


# freshness


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    for folder in ("agent/python", "project/.pi/python", "site"):
        (tmp_path / folder).mkdir(parents=True)
    for file in (
        "agent/python/mine.py",
        "project/.pi/python/local.py",
        "agent/pi-host.toml",
        "project/.pi/pi-host.toml",
    ):
        (tmp_path / file).write_text("")
    return Selection(tmp_path / "agent", project=tmp_path / "project", autoload=False)


def touch(path: Path) -> None:
    times = path.stat().st_mtime_ns + 1
    os.utime(path, ns=(times, times))


def grow(path: Path) -> None:
    before = path.stat()
    path.write_text("# more\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def plugin_files(selection: Selection) -> list[Plugin]:
    assert selection.project is not None
    paths = selection.agent_dir / "python/mine.py", selection.project / ".pi/python/local.py"
    return [Plugin(name=path.stem, source="file", target=str(path)) for path in paths]


@pytest.mark.parametrize("change", [touch, grow, Path.unlink])
@pytest.mark.parametrize(
    "file", ["agent/python/mine.py", "project/.pi/python/local.py", "agent/pi-host.toml", "project/.pi/pi-host.toml"]
)
def test_it_is_stale_when_a_file_that_it_was_made_from_changes(
    file: str, change: Any, selection: Selection, tmp_path: Path
) -> None:
    manifest = compiled(selection, plugin_files(selection))
    assert manifest.is_fresh
    change(tmp_path / file)

    assert not manifest.is_fresh


@pytest.mark.parametrize("folder", ["agent/python", "project/.pi/python"])
def test_it_is_stale_when_a_file_appears_in_a_folder_of_plugins(
    folder: str, selection: Selection, tmp_path: Path
) -> None:
    manifest = compiled(selection)
    os.utime(tmp_path / folder, ns=(0, 0))
    manifest = compiled(selection)
    (tmp_path / folder / "new.py").write_text("")

    assert not manifest.is_fresh


def test_it_is_stale_when_a_file_appears_that_was_not_there(tmp_path: Path) -> None:
    manifest = compiled(Selection(tmp_path / "agent", autoload=False))
    assert manifest.is_fresh
    (tmp_path / "agent").mkdir()
    assert manifest.is_fresh
    (tmp_path / "agent" / "pi-host.toml").write_text("")

    assert not manifest.is_fresh


def test_it_is_stale_when_something_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    os.utime(folder, ns=(0, 0))
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    manifest = compiled(Selection(tmp_path / "agent"))
    assert manifest.is_fresh
    (folder / "x.dist-info").mkdir()

    assert not manifest.is_fresh


def test_other_files_do_not_matter(selection: Selection, tmp_path: Path) -> None:
    manifest = compiled(selection, plugin_files(selection))
    (tmp_path / "agent" / "settings.json").write_text("{}")

    assert manifest.is_fresh


# the bridge's side

JAVASCRIPT = """
import { pathToFileURL } from "node:url";
const [folder, file, launch, project] = process.argv.slice(1);
const { completeLaunch, manifestPath } = await import(pathToFileURL(folder + "/launch.js").href);
const { readManifest } = await import(pathToFileURL(folder + "/manifest.js").href);
const given = JSON.parse(launch);
const path = manifestPath(completeLaunch(given, process.env), project || null);
console.log(JSON.stringify({ path, manifest: readManifest(file || path) }));
"""


def bridge(
    launch: dict[str, str], env: dict[str, str] | None = None, *, file: Path | None = None, project: str = ""
) -> dict[str, Any]:
    arguments = [str(BRIDGE.parent), str(file or ""), json.dumps(launch), project]
    done = subprocess.run(
        [provision("1.5.2").node, "--input-type=module", "-e", JAVASCRIPT, *arguments],
        env=env or {},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize(
    ("project", "autoload", "plugins"),
    [("", True, []), ("/work/app", True, []), ("", False, ["a", "/x/b.py"]), ("/work/\u00fc\u20ac", False, ["p:q"])],
)
def test_the_bridge_looks_for_it_where_the_command_line_does(project: str, autoload: bool, plugins: list[str]) -> None:  # noqa: FBT001  # a table
    env = {
        "PI_HOST_PLUGINS": ",".join(plugins),
        "PI_HOST_AUTOLOAD": str(int(autoload)),
        "PI_CODING_AGENT_DIR": "/home/me/agent",
    }
    launch = {"python": "/venv/bin/python", "cache": "/cache"}
    said = bridge(launch, env, project=project)
    selection = Selection(
        Path("/home/me/agent"), project=Path(project) if project else None, autoload=autoload, explicit=plugins
    )

    assert said["path"] == str(path_for(Path("/cache"), "/venv/bin/python", selection))


@pytest.mark.parametrize("given", ["", "~", "~/agents/a"])
def test_the_bridge_finds_the_agent_dir_by_pis_rule(given: str, tmp_path: Path) -> None:
    said = bridge({"python": "p", "cache": "/c"}, {"HOME": str(tmp_path), "PI_CODING_AGENT_DIR": given})
    agent_dir = tmp_path / {"": ".pi/agent", "~": ""}.get(given, given.removeprefix("~/"))

    assert said["path"] == str(path_for(Path("/c"), "p", Selection(agent_dir)))


def test_each_selection_has_a_manifest_of_its_own() -> None:
    agent = Path("/a")
    selections = [
        Selection(agent),
        Selection(Path("/b")),
        Selection(agent, project=Path("/p")),
        Selection(agent, autoload=False),
        Selection(agent, explicit=["x"]),
        Selection(agent, explicit=["x", "y"]),
    ]
    paths = {path_for(Path("/c"), python, selection) for selection in selections for python in ("p", "q")}

    assert len(paths) == len(selections) * 2


def test_the_bridge_reads_what_was_written_and_agrees_whether_it_is_fresh(selection: Selection, tmp_path: Path) -> None:
    manifest = compiled(selection, plugin_files(selection))
    path = tmp_path / "manifest.json"
    write(manifest, path)
    launch = {"python": "p", "cache": "/c"}
    fresh = bridge(launch, file=path)["manifest"]
    (tmp_path / "agent" / "pi-host.toml").unlink()
    stale = bridge(launch, file=path)["manifest"]

    assert fresh == {"contributions": json.loads(path.read_text())["contributions"], "fresh": True}
    assert stale == {**fresh, "fresh": False}


def test_the_bridge_takes_a_damaged_one_for_none(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    nothing: dict[str, object] = {"events": {}, "tools": [], "commands": [], "flags": [], "companions": {}}

    found = bridge({"python": "p", "cache": "/c"}, file=tmp_path / "manifest.json")["manifest"]

    assert found == {"contributions": nothing, "fresh": False}


def test_both_ends_speak_of_the_same_format() -> None:
    assert f"const FORMAT = {_manifest.FORMAT};" in (BRIDGE.parent / "manifest.js").read_text()


def test_a_path_that_is_not_utf8_ends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    selection = Selection(tmp_path / "caf\udce9", autoload=False)

    assert path_for(tmp_path, "p", selection).parent == tmp_path
    assert not write(compiled(selection), tmp_path / "manifest.json")
    assert "the manifest can't be kept" in capsys.readouterr().err
