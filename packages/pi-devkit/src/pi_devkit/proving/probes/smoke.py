"""Runs a function of a file, and tells how it ended."""

from __future__ import annotations

import json
import runpy
import sys
import traceback

__all__: list[str] = []


def _run(path: str, function: str) -> dict[str, object]:
    try:
        runpy.run_path(path, run_name="smoke")[function]()
    except BaseException as error:  # noqa: BLE001  # a smoke test that ends Python has failed, too
        return {"problem": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    return {"problem": ""}


if __name__ == "__main__":
    _request = json.loads(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(_run(_request["path"], _request["function"])) + "\n")
