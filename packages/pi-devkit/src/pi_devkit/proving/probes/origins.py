"""Where things come from: the folders on ``sys.path`` and the files of a package's modules, once it is imported."""

from __future__ import annotations

import importlib
import json
import sys
from importlib.metadata import distributions

__all__: list[str] = []


def _look(package: str) -> dict[str, object]:
    importlib.import_module(package)
    modules = [name for name in sys.modules if name == package or name.startswith(f"{package}.")]
    return {
        "path": sys.path,
        "modules": {name: getattr(sys.modules[name], "__file__", None) for name in modules},
        "direct": {found.name: found.read_text("direct_url.json") for found in distributions()},
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_look(json.loads(sys.argv[1])["package"])) + "\n")
