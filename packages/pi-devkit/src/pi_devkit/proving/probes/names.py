"""Which distribution brings which modules."""

from __future__ import annotations

import json
import sys
from importlib.metadata import distributions, packages_distributions

__all__: list[str] = []


def _look() -> dict[str, object]:
    modules: dict[str, list[str]] = {}
    for module, owners in packages_distributions().items():
        for owner in owners:
            modules.setdefault(owner, []).append(module)
    return {"modules": modules, "direct": {found.name: found.read_text("direct_url.json") for found in distributions()}}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_look()) + "\n")
