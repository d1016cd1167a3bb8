"""Check the types of the bridge: its JSDoc against Node's own declarations, as strictly as TypeScript can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pi_codegen.fetch import lay_out, load_lock

from pi_testkit.pis._node import node

_HERE = Path(__file__).parent
_BRIDGE = _HERE.parent / "src" / "pi_host" / "bridge"
_OPTIONS = (
    "--noEmit",
    "--allowJs",
    "--checkJs",
    "--strict",
    "--noUnusedLocals",
    "--module",
    "nodenext",
    "--target",
    "es2022",
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
        *map(str, sorted(_BRIDGE.glob("*.js"))),
    ]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # our own node


if __name__ == "__main__":
    sys.exit(main())
