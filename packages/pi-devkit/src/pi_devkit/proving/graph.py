"""Makes the import graph of an installed package; run with that environment on ``PYTHONPATH``.

Gets JSON as its argument and writes a line of JSON: the modules in the graph, and the edges to other packages.
"""

from __future__ import annotations

import importlib.util
import json
import sys

import grimp

__all__: list[str] = []


def _look(package: str, others: list[str]) -> dict[str, object]:
    there = [name for name in others if importlib.util.find_spec(name) is not None]
    graph = grimp.build_graph(package, *there, include_external_packages=True, cache_dir=None)
    found = []
    modules = [name for name in sorted(graph.modules) if name == package or name.startswith(f"{package}.")]
    for importer in modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            if imported.partition(".")[0] in others:
                details = graph.get_import_details(importer=importer, imported=imported)
                line = details[0]["line_number"] if details else 0
                found.append({"importer": importer, "imported": imported, "line": line})
    return {"modules": modules, "edges": found}


if __name__ == "__main__":
    _request = json.loads(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(_look(_request["package"], _request["others"])) + "\n")
