"""Every check there is. ``uvx nox`` runs those that guard each change; ``uvx nox -l`` lists the rest.

A session that is made for each component is chosen with its name, ``uvx nox -s "release_check(pi-lane)"``, or all
of a component's with a tag, ``uvx nox -t pi-lane``. Don't choose with ``-k``: there, a hyphen means "but not".
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
# uv keeps the one environment of the workspace, exactly as locked; an environment per session would be the same again.
nox.options.default_venv_backend = "none"

PACKAGES = Path("packages")
TABLE = tomllib.loads(Path("components.toml").read_text("utf-8"))
COMPONENTS = [nox.param(name, id=name, tags=[name]) for name in TABLE["components"]]
PIS = [nox.param(pi["version"], id=pi["version"]) for pi in TABLE["pi"]]
UV_RUN = ("uv", "run", "--frozen", "--all-groups")


def run(session: nox.Session, *command: str) -> None:
    """Run ``command`` in the workspace's environment."""
    session.run(*UV_RUN, *command, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and likely mistakes, in Python, in JavaScript and in the workflows."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, in Python and in what runs inside pi."""
    run(session, "mypy", *map(str, sorted(PACKAGES.glob("*/src"))), "noxfile.py", "examples")
    for folder in _folders_of_scripts():
        run(session, "mypy", *map(str, sorted(folder.glob("*.py"))))
    run(session, "python", "packages/pi-host/codegen/check_bridge.py")


def _folders_of_scripts() -> list[Path]:
    # One at a time: these folders are no packages, so their conftest.py or __main__.py all have one name.
    kinds = ("tests/**", "bench", "codegen", "stress", "training")
    found = {path.parent for kind in kinds for path in PACKAGES.glob(f"*/{kind}/*.py")}
    return sorted(folder for folder in found if "support" not in folder.parts)


@nox.session
def docs(session: nox.Session) -> None:
    """Every page says what it is about, no link leads nowhere, what is shown as code or configuration is accepted."""
    run(session, "pi-devkit", "docs-list")
    run(session, "pytest", "-q", "packages/pi-host/tests/docs")


@nox.session
def policy(session: nox.Session) -> None:
    """The rules of the house, and those that Python projects share; what is left out says why."""
    session.run("uv", "lock", "--check", external=True)
    run(session, "pi-devkit", "policy", *session.posargs)


@nox.session
def quick_release_checks(session: nox.Session) -> None:
    """Build, install and look at every component, away from the repository; what ``release_check`` does in seconds."""
    run(session, "pi-devkit", "check")
    run(session, "pi-devkit", "release-check", "--quick", "--allow-dirty", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, real pi included; arguments go to pytest: ``uvx nox -s tests -- -k tool_call``."""
    # A slow first download must not eat into the time limit of the test that happens to need it first.
    run(session, "pi-testkit", "fetch", "--all")
    run(session, "pytest", "-n", "2", "--dist", "worksteal", *session.posargs)


def _tests_on(python: str) -> None:
    @nox.session(name=f"tests-{python}", default=False)
    @nox.parametrize("component", COMPONENTS)
    def on_its_wheel(session: nox.Session, component: str) -> None:
        run(session, "pi-devkit", "release-check", component, "--only", "R22", "--python", python, "--allow-dirty")

    on_its_wheel.__doc__ = f"The tests of a component, installed from its wheel, on Python {python}."


for _python in ("3.11", "3.12", "3.13"):
    _tests_on(_python)


@nox.session(default=False)
@nox.parametrize("component", COMPONENTS)
def release_check(session: nox.Session, component: str) -> None:
    """All 27 proofs that a component can be released; minutes. Options go to ``pi-devkit release-check``."""
    run(session, "pi-devkit", "release-check", component, *session.posargs)


@nox.session(default=False)
@nox.parametrize("pi", PIS)
@nox.parametrize("component", COMPONENTS)
def canary(session: nox.Session, component: str, pi: str) -> None:
    """A component, installed from its wheel, in a real pi: it is loaded, and offers what it promises."""
    run(session, "pi-devkit", "canary", component, "--pi", pi, *session.posargs)


@nox.session(default=False)
@nox.parametrize("component", COMPONENTS)
def downstream(session: nox.Session, component: str) -> None:
    """The last releases of what depends on a component, tested with its new wheel."""
    run(session, "pi-devkit", "release-check", component, "--only", "R26", "--allow-dirty", *session.posargs)


@nox.session(default=False)
def template(session: nox.Session) -> None:
    """Extensions made from the template, from nothing to a release, in every layout; several minutes."""
    run(session, "pi-testkit", "fetch", "--all")
    # Each by its name: a folder takes the files named beside it for its own, and collects none that is not test_*.py.
    folder = PACKAGES / "pi-devkit/tests/template"
    files = sorted(map(str, [*folder.glob("test_*.py"), *folder.glob("live_*.py")]))
    run(session, "pytest", *files, "-o", "timeout=1800", *session.posargs)


@nox.session(default=False)
def sync_pi(session: nox.Session) -> None:
    """Write the event classes, hook specifications, schemas and reference anew from pi's declarations."""
    run(session, "python", "packages/pi-host/codegen/sync.py", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure beside a peer in the same run; some minutes on a quiet machine. ``-- pi-lane handover`` chooses."""
    _run_scripts(session, "bench")


@nox.session(default=False)
def stress(session: nox.Session) -> None:
    """Long runs with kills and contention, which the default tests only touch. ``-- pi-lane lanes`` chooses."""
    _run_scripts(session, "stress")


def _run_scripts(session: nox.Session, kind: str) -> None:
    """Run the scripts in ``packages/*/<kind>``: all, those of the package named first, or the one named after it."""
    package, *rest = session.posargs or [""]
    scripts = _scripts(kind, package)
    if rest and scripts and scripts[0].name != "__main__.py":
        name, *rest = rest
        scripts = [script for script in scripts if script.stem == name]
    if not scripts:
        there = sorted({script.parts[1] for script in _scripts(kind)})
        session.error(f"there is no such {kind}; `ls packages/*/{kind}` shows those of {', '.join(there)}")
    for script in scripts:
        run(session, "python", str(script), *rest)


def _scripts(kind: str, package: str = "") -> list[Path]:
    # A folder with a __main__.py is one script, which takes names itself.
    folders = sorted(PACKAGES.glob(f"{package or '*'}/{kind}"))
    found: list[Path] = []
    for folder in folders:
        runs = sorted(path for path in folder.glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8"))
        found += [path for path in runs if path.name == "__main__.py"] or runs
    return found
