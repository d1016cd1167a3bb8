"""Every check there is. ``uvx nox`` runs the three that guard each change; ``uvx nox -l`` lists the rest."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "types", "tests"]
# uv keeps the one environment of the workspace, exactly as locked; an environment per session would be the same again.
nox.options.default_venv_backend = "none"

PACKAGES = Path("packages")
UV_RUN = ("uv", "run", "--frozen", "--all-groups")


def run(session: nox.Session, *command: str) -> None:
    """Run ``command`` in the workspace's environment."""
    session.run(*UV_RUN, *command, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and likely mistakes, in Python and in JavaScript."""
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
def tests(session: nox.Session) -> None:
    """All tests, real pi included; arguments go to pytest: ``uvx nox -s tests -- -k tool_call``."""
    # A slow first download must not eat into the time limit of the test that happens to need it first.
    run(session, "pi-testkit", "fetch", "--all")
    run(session, "pytest", "-n", "2", "--dist", "worksteal", *session.posargs)


@nox.session
def sync_pi(session: nox.Session) -> None:
    """Write the event classes, hook specifications, schemas and reference anew from pi's declarations."""
    run(session, "python", "packages/pi-host/codegen/sync.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside a peer in the same run; some minutes on a quiet machine. ``-- pi-lane handover`` chooses."""
    _run_scripts(session, "bench")


@nox.session
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
