"""R17 and R18: which modules of other components it imports, by statement and by text."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_devkit._commands import run
from pi_devkit._errors import DevkitError
from pi_devkit.checks._effects import modules_of
from pi_devkit.checks._model import Outcome, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context

__all__ = ["dynamic_imports", "import_graph"]

_GRAPH: Final = Path(__file__).parent.parent / "proving" / "graph.py"
_LOADERS: Final = {"import_module", "__import__", "find_spec", "run_module", "load_module"}


class _Seam:
    """What one component may import of the others."""

    def __init__(self, context: Context) -> None:
        component = context.component
        others = [one for one in context.workspace.components if one != component and one.import_name]
        self.packages = [one.import_name for one in others]
        self._allowed = {one.import_name: set(component.consumes.get(one.name, [])) for one in others}
        if component.import_name != "pi_host" and "pi_host" not in self.packages:
            # The host of somebody else's repository: what has no underscore is public.
            self.packages.append("pi_host")

    def problem(self, module: str) -> str:
        """Why a module must not be imported; empty if it may."""
        package = module.partition(".")[0]
        allowed = self._allowed.get(package)
        if allowed is None:
            private = any(part.startswith("_") for part in module.split("."))
            return f"{module} is private to {package}; use what it makes public" if private else ""
        if module in allowed:
            return ""
        return f"components.toml does not let it consume {module}"


def import_graph(context: Context) -> Outcome:
    """R17: it imports of other components only what components.toml lets it consume."""
    seam = _Seam(context)
    request = json.dumps({"package": context.component.import_name, "others": seam.packages})
    # The graph is made of what is installed there; only the library that makes it is from here.
    done = run([sys.executable, "-P", _GRAPH, request], env={"PYTHONPATH": str(context.clean.site)})
    if not done.ok:
        raise DevkitError(f"the import graph can't be made:\n{done.tail()}")
    found = [
        f"{edge['importer']} (line {edge['line']}): {problem}"
        for edge in json.loads(done.out.splitlines()[-1])
        if (problem := seam.problem(edge["imported"]))
    ]
    return judge(sorted(found))


def dynamic_imports(context: Context) -> Outcome:
    """R18: nor does it do so by a name in a text, or while it is loaded or its smoke function runs."""
    seam = _Seam(context)
    found = []
    for name, data in context.wheel.items():
        if name.endswith(".py"):
            found += [f"{name}:{line}: {problem}" for line, problem in _texts(ast.parse(data), seam)]
    request = {"package": context.component.import_name, "modules": modules_of(context)}
    edges = context.clean.probe("effects", request)["edges"]
    for caller, module in [*edges, *context.smoked.edges]:
        if module.partition(".")[0] in seam.packages and (problem := seam.problem(module)):
            found.append(f"{caller} imports by name: {problem}")
    return judge(dict.fromkeys(sorted(found)))


def _texts(tree: ast.AST, seam: _Seam) -> Iterator[tuple[int, str]]:
    dotted = re.compile(rf"({'|'.join(map(re.escape, seam.packages)) or '(?!)'})(\.\w+)*")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in _LOADERS:
            # Handed to what imports, every module counts; elsewhere a text may be the name of something else.
            texts = [one for one in node.args if isinstance(one, ast.Constant)]
            yield from _problems(texts, dotted, seam, private=False)
        elif isinstance(node, ast.Constant):
            yield from _problems([node], dotted, seam, private=True)


def _problems(
    texts: list[ast.Constant], dotted: re.Pattern[str], seam: _Seam, *, private: bool
) -> Iterator[tuple[int, str]]:
    for node in texts:
        text = node.value
        if isinstance(text, str) and dotted.fullmatch(text) and (not private or "._" in text):
            problem = seam.problem(text)
            if problem:
                yield node.lineno, problem


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
