"""What the documentation shows works, and what it points at exists."""

from __future__ import annotations

import re
import tomllib
import types
from pathlib import Path

import pytest

import pi_host
from pi_host import events
from pi_host._catalog import CATALOG
from pi_host._config import Config, FileConfig, parse
from pi_host._plugins import Plugin
from pi_host._registry import Registry

ROOT = Path(__file__).parents[4]
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "packages").glob("*/README.md"),
]


def blocks(language: str) -> list[tuple[str, str]]:
    """Return every code block of that language with the place where it stands."""
    found = []
    for page in PAGES:
        for number, block in enumerate(re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL), 1):
            found.append((f"{page.relative_to(ROOT)}#{number}", block))
    return found


PLUGINS = [(place, block) for place, block in blocks("python") if "@hookimpl" in block or "@tool" in block]


@pytest.mark.parametrize(("place", "block"), PLUGINS, ids=[place for place, _ in PLUGINS])
def test_every_plugin_shown_can_be_registered(place: str, block: str) -> None:
    module = types.ModuleType("shown")
    exec(compile(f"from pi_host import *\n{block}", place, "exec"), module.__dict__)  # noqa: S102  # our own pages
    registry = Registry(Config())
    registry.add([Plugin(name="shown", source="file", target="shown.py")], lambda _: module)
    (plugin,) = registry.plugins
    assert plugin.problem is None
    assert plugin.hooks or plugin.tools or plugin.commands


#: Tables of pyproject.toml and components.toml, which other tools read.
FOREIGN = {"components", "dependencies", "project"}
CONFIGURATIONS = [(place, block) for place, block in blocks("toml") if not FOREIGN & tomllib.loads(block).keys()]


@pytest.mark.parametrize(("place", "block"), CONFIGURATIONS, ids=[place for place, _ in CONFIGURATIONS])
def test_every_configuration_shown_is_valid(place: str, block: str) -> None:
    assert parse(block, Path(place)) != FileConfig()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_event_is_named_in_the_reference_under_a_heading_of_its_own() -> None:
    reference = (ROOT / "docs" / "reference" / "events.md").read_text()
    headings = re.findall(r"^#+ .*$", reference, re.MULTILINE)
    assert [name for name in CATALOG if not any(name in heading for heading in headings)] == []


def test_everything_public_is_documented() -> None:
    public = {f"pi_host.{name}": getattr(pi_host, name) for name in pi_host.__all__}
    public |= {f"events.{info.event}": getattr(events, info.event) for info in CATALOG.values()}
    assert [name for name, value in public.items() if not value.__doc__] == []


def test_every_fragment_of_news_is_of_a_kind_that_is_told() -> None:
    kinds = {"feature", "bugfix", "doc", "removal", "misc"}
    names = [path.name for path in (ROOT / "changelog.d").glob("[!.]*")]
    assert [name for name in names if name.split(".")[1:] not in [[kind, "md"] for kind in kinds]] == []
