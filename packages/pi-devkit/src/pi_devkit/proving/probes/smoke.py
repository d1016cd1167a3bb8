"""Runs a function of a file, and tells how it ended, and what a package imported by name meanwhile."""

from __future__ import annotations

import json
import runpy
import sys
import traceback
from pathlib import Path

__all__: list[str] = []

_BY_NAME = Path(__file__).with_name("by_name.py")


def _run(path: str, function: str, package: str) -> dict[str, object]:
    edges = runpy.run_path(str(_BY_NAME))["record"](package)
    try:
        returned = runpy.run_path(path, run_name="smoke")[function]()
    except BaseException as error:  # noqa: BLE001  # a smoke test that ends Python has failed, too
        return {"problem": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc(), "edges": edges}
    kind = type(returned).__name__
    problem = f"it returned a {kind}; it has to be a plain function that returns nothing"
    return {"problem": "" if returned is None else problem, "traceback": "", "edges": edges}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_run(**json.loads(sys.argv[1]))) + "\n")
