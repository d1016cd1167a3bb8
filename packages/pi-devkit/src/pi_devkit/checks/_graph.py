"""R17 and R18: which modules of other components it imports, by statement, by attribute and by text.

A name that is put together and that neither loading it nor its smoke function gets to is seen by nobody.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_devkit._commands import needs, run
from pi_devkit._errors import DevkitError
from pi_devkit.checks._code import attributes, parse, statements, texts
from pi_devkit.checks._effects import modules_of
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.checks._seam import Seam

if TYPE_CHECKING:
    from pi_devkit.checks._context import Context

__all__ = ["dynamic_imports", "import_graph"]

_GRAPH: Final = Path(__file__).parent.parent / "proving" / "graph.py"


def import_graph(context: Context) -> Outcome:
    """R17: it imports of other components only what components.toml lets it consume."""
    seam = Seam(context)
    package = context.component.import_name
    needs("grimp")
    request = json.dumps({"package": package, "others": seam.packages})
    # The graph is made of what is installed there; only the library that makes it is from here.
    done = run([sys.executable, "-P", _GRAPH, request], env={"PYTHONPATH": str(context.clean.site)})
    if not done.ok:
        raise DevkitError(f"the import graph can't be made:\n{done.tail()}")
    graph = json.loads(done.out.splitlines()[-1])
    found = [
        f"{edge['importer']} (line {edge['line']}): {problem}"
        for edge in graph["edges"]
        if (problem := seam.problem(edge["imported"]))
    ]
    for name, data in context.wheel.items():
        if name.endswith(".py") and isinstance(tree := parse(data), ast.Module):  # what can't be read fails R18
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            problems = [*attributes(tree, tree, seam)]
            if module not in graph["modules"]:  # such as what lies in a folder without __init__.py
                problems += statements(tree, seam)
            found += [f"{module} (line {line}): {problem}" for line, problem in problems]
    return judge(dict.fromkeys(sorted(found)))


def dynamic_imports(context: Context) -> Outcome:
    """R18: nor does it do so by a name in a text, or while it is loaded or its smoke function runs."""
    seam = Seam(context)
    found = []
    for name, data in context.wheel.items():
        if name.endswith(".py"):
            tree = parse(data)
            if isinstance(tree, ast.Module):
                found += [f"{name}:{line}: {problem}" for line, problem in texts(tree, tree, seam)]
            else:
                ours = ".".join(map(str, sys.version_info[:2]))
                advice = "mend it, or run this with a newer Python"
                found.append(f"{name}:{tree.lineno or 1}: Python {ours} can't read it: {tree.msg}; {advice}")
    request = {"package": context.component.import_name, "modules": modules_of(context)}
    edges = context.clean.probe("effects", request)["edges"]
    for caller, module in [*edges, *context.smoked.edges]:
        if seam.has(module) and (problem := seam.problem(module)):
            found.append(f"{caller} imports by name: {problem}")
    return judge(dict.fromkeys(sorted(found)))
