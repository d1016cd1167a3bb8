"""The entry points of a distribution, each loaded by itself."""

from __future__ import annotations

import json
import sys
from importlib.metadata import distribution

__all__: list[str] = []


def _look(name: str) -> dict[str, object]:
    found = []
    for point in distribution(name).entry_points:
        problem, kind, can_be_called = "", "", False
        try:
            loaded = point.load()
            kind, can_be_called = type(loaded).__name__, callable(loaded)
        except BaseException as error:  # noqa: BLE001  # one that ends Python must not hide the others
            problem = f"{type(error).__name__}: {error}"
        found.append(
            {
                "group": point.group,
                "name": point.name,
                "value": point.value,
                "problem": problem,
                "kind": kind,
                "callable": can_be_called,
            }
        )
    return {"points": found}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_look(json.loads(sys.argv[1])["distribution"])) + "\n")
