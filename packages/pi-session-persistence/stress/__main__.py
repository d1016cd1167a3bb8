"""Long runs with kills: ``python packages/pi-session-persistence/stress [NAME [ARGS]]``, all of them without a name."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run them; 1 if one was not clean."""
    scripts = {path.stem: path for path in sorted(HERE.glob("[a-z]*.py"))}
    name, *arguments = sys.argv[1:] or [""]
    if name and name not in scripts:
        sys.exit(f"there is no {name!r}; there is {', '.join(scripts)}")
    worst = 0
    for script in [scripts[name]] if name else scripts.values():
        sys.argv = [str(script), *arguments]
        worst |= runpy.run_path(str(script))["main"]()
    return worst


if __name__ == "__main__":
    sys.exit(main())
