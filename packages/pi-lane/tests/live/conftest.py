"""Real terminals with pi-lane, and a model that says what the test wants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lane_stage import HELPER, Scene, Stage, Troupe, write_session
from lane_support import start

from pi_host.launch import BRIDGE, environment
from pi_testkit import Pi, PiHome, ScriptedModel
from pi_testkit.model import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from pi_testkit import RpcPi, TuiPi
    from pi_testkit.pis import PiInstall

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether their test failed."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed or bool(getattr(report, "wasxfail", False))
    return report


@pytest.fixture
def stage() -> Iterator[Stage]:
    """What the model of ``pi`` says."""
    stage = Stage()
    yield stage
    stage.clear()


@pytest.fixture
def scripted_model(stage: Stage) -> Iterator[ScriptedModel]:
    """A model that never runs out of answers."""
    with ScriptedModel(stage) as model:
        yield model


@pytest.fixture
def session(pi: Pi) -> Path:
    """A session file that has one turn."""
    return write_session(pi.home.root / "shared.jsonl")


@pytest.fixture
def lanes(pi: Pi) -> Pi:
    """The same pi with pi-lane, and with no other plugin."""
    return _with_lanes(pi)


@pytest.fixture(scope="session")
def troupe(pi_install: PiInstall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    """Terminals that stay between tests."""
    stage = Stage()
    models = ("scripted-1", "scripted-2", ModelSpec("thinker", reasoning=True))
    with ScriptedModel(stage, models=models) as model:
        home = PiHome(tmp_path_factory.mktemp("troupe") / "pi")
        settings = home.agent_dir / "settings.json"
        # To make an image smaller pi needs a library that is optional; and sessions here are small.
        settings.write_text('{"images": {"autoResize": false}, "compaction": {"keepRecentTokens": 1}}', "utf-8")
        model.configure(home.agent_dir)
        pi = _with_lanes(Pi(pi_install, home, model))
        yield Troupe(pi, stage)
        pi.close()


@pytest.fixture
def two(troupe: Troupe, request: pytest.FixtureRequest) -> Iterator[Scene[RpcPi]]:
    """Two terminals, driven by commands, on a session that has one turn."""
    yield troupe.rpc()
    troupe.rest(spoiled=_failed(request))


@pytest.fixture
def begin(lanes: Pi, session: Path, stage: Stage) -> Callable[..., Scene[RpcPi]]:
    """Starts two terminals of the test's own; pi-lane's options can be given."""

    def start_two(**options: float) -> Scene[RpcPi]:
        lines = [f"{name} = {value}" for name, value in options.items()]
        (lanes.home.agent_dir / "pi-host.toml").write_text("\n".join(["[plugins.lane]", *lines]), "utf-8")
        one, other = start(lanes, session, 2)
        return Scene(one, other, session, lanes.home, lanes.model, stage)

    return start_two


@pytest.fixture
def screens(troupe: Troupe, request: pytest.FixtureRequest) -> Iterator[Scene[TuiPi]]:
    """Two terminals, with screen and keys, on a session that has one turn."""
    yield troupe.tui()
    troupe.rest(spoiled=_failed(request))


@pytest.fixture
def two_more(troupe: Troupe, two: Scene[RpcPi]) -> Iterator[list[RpcPi]]:
    """Two more terminals on the same session."""
    terminals = [troupe.pi.rpc(args=["--session", str(two.file)]) for _ in range(2)]
    for terminal in terminals:
        terminal.get_state()  # the session has begun
    yield terminals
    for terminal in terminals:
        terminal.close()


def _with_lanes(pi: Pi) -> Pi:
    env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=pi.home.root / "pi-host")
    return replace(pi, extensions=[BRIDGE, HELPER], env=env)


def _failed(request: pytest.FixtureRequest) -> bool:
    node: Any = request.node
    return bool(node.stash.get(_FAILED, False))
