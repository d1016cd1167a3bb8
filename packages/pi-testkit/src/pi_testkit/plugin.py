"""The pytest plugin: fixtures that give real pi, in every version the test kit knows, and a model that is scripted.

Loaded at every start of pytest, so it imports what it needs when a test needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit.pis import PI_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from pi_testkit.fake import FakePi
    from pi_testkit.home import PluginWriter
    from pi_testkit.model import ScriptedModel
    from pi_testkit.pi import Pi
    from pi_testkit.pis import PiInstall

__all__ = ["fake_pi", "hosted_pi", "pi", "pi_install", "pi_version", "plugin", "scripted_model"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--pi-version``."""
    parser.getgroup("pi").addoption(
        "--pi-version",
        action="append",
        choices=PI_VERSIONS,
        help="run tests that use pi with this version only; may be given several times (default: all)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line("markers", "pi_versions(*versions): run this test with these versions of pi only")
    config.addinivalue_line("markers", "pi_since(version): run this test with this version of pi and newer ones")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses pi once for each version."""
    if "pi_version" not in metafunc.fixturenames:
        return
    versions = [
        v for v in _marked(metafunc.definition) if v in (metafunc.config.getoption("pi_version") or PI_VERSIONS)
    ]
    nothing = pytest.param("", marks=pytest.mark.skip(reason="not for the version of pi asked for"), id="no-pi")
    metafunc.parametrize("pi_version", versions or [nothing], scope="session", indirect=True)


@pytest.fixture(scope="session")
def pi_version(request: pytest.FixtureRequest) -> str:
    """The version of pi this test runs with."""
    return str(request.param)


@pytest.fixture(scope="session")
def pi_install(pi_version: str) -> PiInstall:
    """An installed pi of that version, fetched if need be."""
    from pi_testkit.pis import provision  # noqa: PLC0415

    return provision(pi_version)


@pytest.fixture
def scripted_model() -> Iterator[ScriptedModel]:
    """A model with an empty script: say what it answers with ``scripted_model.add(...)``."""
    from pi_testkit.model import ScriptedModel  # noqa: PLC0415 - brings a whole HTTP server

    with ScriptedModel() as model:
        yield model


@pytest.fixture
def pi(pi_install: PiInstall, scripted_model: ScriptedModel, tmp_path: Path) -> Iterator[Pi]:
    """Real pi in a home of its own, set up for the scripted model; once for each version."""
    from pi_testkit.home import PiHome  # noqa: PLC0415
    from pi_testkit.pi import Pi  # noqa: PLC0415

    home = PiHome(tmp_path / "pi")
    scripted_model.configure(home.agent_dir)
    runner = Pi(pi_install, home, scripted_model)
    yield runner
    runner.close()


@pytest.fixture
def hosted_pi(pi: Pi) -> Pi:
    """The same real pi with Python plugins: those that the test installs with ``plugin``, and no others.

    Every run of it loads pi-host's bridge. To load a plugin of an installed distribution too, name its entry point:
    ``hosted_pi.rpc(env={"PI_HOST_PLUGINS": "my_plugin"})``. What plugins print, and their tracebacks, are in
    ``hosted_pi.home.root / "pi-host" / "host.log"``.
    """
    from dataclasses import replace  # noqa: PLC0415

    from pi_host.launch import BRIDGE, environment  # noqa: PLC0415

    return replace(pi, extensions=[BRIDGE], env=environment(autoload=False, cache=pi.home.root / "pi-host"))


@pytest.fixture
def plugin(pi: Pi) -> PluginWriter:
    """Installs a single-file plugin for ``hosted_pi``: ``plugin("name", source)`` gives the path of its file.

    The source is text, a file to copy, or a module.
    """
    return pi.home.add_plugin


@pytest.fixture
def fake_pi(tmp_path: Path) -> Iterator[type[FakePi]]:
    """Makes in-memory pis: call it as ``FakePi``. They work in the test's temporary folder and are closed after it."""
    from contextlib import ExitStack  # noqa: PLC0415

    from pi_testkit.fake import FakePi  # noqa: PLC0415

    with ExitStack() as stack:

        class Opened(FakePi):
            def __init__(self, *plugins: object, **options: Any) -> None:
                super().__init__(*plugins, **options)
                self.cwd = str(tmp_path)
                stack.callback(self.close)

        yield Opened


def _marked(definition: pytest.Item) -> list[str]:
    """The versions a test's markers leave, newest first."""
    chosen = list(PI_VERSIONS)
    for marker in definition.iter_markers("pi_versions"):
        _check(marker.args)
        chosen = [version for version in chosen if version in marker.args]
    for marker in definition.iter_markers("pi_since"):
        _check(marker.args)
        newest_first = PI_VERSIONS[: PI_VERSIONS.index(marker.args[0]) + 1]
        chosen = [version for version in chosen if version in newest_first]
    return chosen


def _check(versions: tuple[str, ...]) -> None:
    unknown = [version for version in versions if version not in PI_VERSIONS]
    if unknown or not versions:
        raise pytest.UsageError(f"no such pi version: {unknown!r}; choose from {', '.join(PI_VERSIONS)}")
