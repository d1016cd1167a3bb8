"""Every check there is. ``uvx nox`` runs the three that guard each change; ``uvx nox -l`` lists the rest."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "types", "tests"]
# uv keeps the one environment of the workspace, exactly as locked; an environment per session would be the same again.
nox.options.default_venv_backend = "none"

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
    """Types, in Python and in the bridge."""
    run(session, "mypy", *map(str, sorted(Path("packages").glob("*/src"))), "noxfile.py", "examples")
    for folder in _folders_of_tests():
        run(session, "mypy", *map(str, sorted(folder.glob("*.py"))))
    for scripts in ("bench", "codegen"):
        run(session, "mypy", f"packages/pi-host/{scripts}")
    run(session, "python", "packages/pi-host/codegen/check_bridge.py")


def _folders_of_tests() -> list[Path]:
    # One at a time: test folders are no packages, so their conftest.py all have one name.
    return sorted({path.parent for path in Path("packages").glob("*/tests/**/*.py") if "support" not in path.parts})


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
    """Measure the host beside a peer in the same run and print the table; takes some minutes on a quiet machine."""
    run(session, "python", "packages/pi-host/bench", *session.posargs)
