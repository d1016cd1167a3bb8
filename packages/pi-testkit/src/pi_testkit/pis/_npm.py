"""npm, run for one command at a time."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pi_testkit.pis._errors import IntegrityError, ProvisionError
from pi_testkit.pis._node import node, npm_script

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["npm"]

_NPM_SECONDS = 600.0


def npm(*args: str, cwd: Path) -> str:
    """Run npm without any package's install scripts; the registry is the one the user's own npm settings name.

    Args:
        args: the npm command and its arguments.
        cwd: a folder of its own, so that no project's ``.npmrc`` has a say.

    Returns:
        What it wrote to stdout.

    Raises:
        IntegrityError: npm says that a package is not what the lock file pins.
        ProvisionError: npm failed in another way.
    """
    executable = node()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    # Some packages look for a plain `node` on the path; it has to be this one.
    env = {**os.environ, "PATH": f"{executable.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(executable), str(npm_script()), *args, *quiet]
    try:
        done = subprocess.run(  # noqa: S603 - our own Node, npm and arguments
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=_NPM_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ProvisionError(f"npm {args[0]!r} took more than {_NPM_SECONDS:g} s: try again later") from error
    if done.returncode == 0:
        return done.stdout
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
