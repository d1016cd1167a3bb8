"""Check the types of what runs inside pi, as strictly as TypeScript can: the JSDoc of the bridge and of companions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pi_codegen.fetch import lay_out, load_lock

from pi_testkit.pis._node import node

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[2]
_INSIDE_PI = ("packages/pi-host/src/pi_host/bridge/*.js", "packages/*/src/*/pi_side/*.js", "examples/*.js")
_OPTIONS = (
    "--noEmit",
    "--allowJs",
    "--checkJs",
    "--strict",
    "--noUnusedLocals",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--types",
    "node",
)


def main() -> int:
    """Run the compiler; 1 if it found something."""
    lock = load_lock(_HERE / "packages.toml")
    modules = lay_out(lock, lock.pis[0])
    command = [
        str(node()),
        str(modules / "typescript" / "lib" / "tsc.js"),
        *_OPTIONS,
        "--typeRoots",
        str(modules / "@types"),
        *(str(path) for pattern in _INSIDE_PI for path in sorted(_ROOT.glob(pattern))),
    ]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # our own node


if __name__ == "__main__":
    sys.exit(main())
