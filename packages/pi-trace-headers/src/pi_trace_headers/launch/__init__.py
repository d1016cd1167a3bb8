"""What ``pi-trace run`` brings into the pi that it starts: an extension, and a ``pi`` for that pi's children."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["EXTENSION", "SHIM_DIR"]

#: The extension for ``pi -e`` that makes a provider of the gateway.
EXTENSION: Final = Path(__file__).parents[1] / "pi_side" / "provider.js"

#: The folder of a ``pi`` that adds the extensions to the command line of the real one.
SHIM_DIR: Final = Path(__file__).with_name("bin")
