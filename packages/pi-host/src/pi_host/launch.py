"""How pi is started so that it has the Python plugins of this environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BRIDGE", "HOST", "agent_dir", "cache_dir", "environment"]

#: The extension for ``pi -e``.
BRIDGE: Final = Path(__file__).parent / "bridge" / "index.js"

#: What the bridge runs with Python: the last word of the host's command line.
HOST: Final = Path(__file__).with_name("__main__.py")


def agent_dir(env: Mapping[str, str] = os.environ) -> Path:
    """Return pi's agent dir by pi's own rule: ``PI_CODING_AGENT_DIR``, else ``~/.pi/agent``. It need not exist."""
    given = env.get("PI_CODING_AGENT_DIR")
    if not given:
        return Path.home() / ".pi" / "agent"
    if given == "~" or given.startswith("~/"):
        given = f"{Path.home()}{given[1:]}"
    # Symbolic links stay as they are: the bridge makes the manifest's name from the same text.
    return Path(os.path.abspath(given))  # noqa: PTH100  # resolve() would follow links


def cache_dir() -> Path:
    """Return the folder of the manifest and of the host's log, which need not exist."""
    from platformdirs import user_cache_path  # noqa: PLC0415  # the host never asks

    return user_cache_path("pi-host")


def environment(
    *, plugins: Sequence[str] = (), autoload: bool = True, trace: Path | None = None, cache: Path | None = None
) -> dict[str, str]:
    """Return the environment variables that tell the bridge what to run.

    Args:
        plugins: plugins asked for by name, module or path of a file; one that can't be used is an error.
        autoload: whether installed plugins are loaded without being asked for.
        trace: file that gets one JSON line per finished implementation.
        cache: folder of the manifest and the log, ``cache_dir()`` by default.
    """
    variables = {"PI_HOST_PYTHON": sys.executable, "PI_HOST_CACHE": str(cache or cache_dir())}
    if plugins:
        variables["PI_HOST_PLUGINS"] = ",".join(plugins)
    if not autoload:
        variables["PI_HOST_AUTOLOAD"] = "0"
    if trace is not None:
        variables["PI_HOST_TRACE"] = str(trace)
    return variables
