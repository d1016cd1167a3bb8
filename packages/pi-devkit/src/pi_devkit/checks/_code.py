"""What code names of other components: by statement, by attribute and by text, with the line."""

from __future__ import annotations

import ast
import importlib.util
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._seam import Seam

__all__ = ["attributes", "parse", "statements", "texts"]

_LOADERS: Final = {"import_module", "__import__", "find_spec", "run_module", "load_module"}
_RUNNERS: Final = {"exec", "eval", "compile"}


def parse(source: str | bytes) -> ast.Module | SyntaxError:
    """Read a module; what can't be read is the error."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        return error
    except ValueError as error:  # a null byte
        return SyntaxError(str(error))


def statements(tree: ast.AST, seam: Seam) -> Iterator[tuple[int, str]]:
    """What is imported by statements, for what is not in the graph."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            problems = [seam.problem(one.name) for one in node.names if seam.has(one.name)]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and seam.has(node.module):
            reached = [seam.reached(f"{node.module}.{one.name}") for one in node.names]
            problems = [seam.problem(node.module), *reached]
        else:
            continue
        yield from ((node.lineno, problem) for problem in problems if problem)


def attributes(tree: ast.AST, around: ast.Module, seam: Seam) -> Iterator[tuple[int, str]]:
    """What goes through attributes of what is imported, in it or around it: ``import a`` and then ``a._b``."""
    names = _imported(around, seam) | _imported(tree, seam)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (dotted := _dotted(node, names)) and (problem := seam.reached(dotted)):
            yield node.lineno, problem


def _imported(tree: ast.AST, seam: Seam) -> dict[str, str]:
    """What stands for what of another component, wherever in the file it is imported."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                package = one.name.partition(".")[0]
                found[one.asname or package] = one.name if one.asname else package
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return {name: dotted for name, dotted in found.items() if seam.has(dotted)}


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, names)
        return before and f"{before}.{node.attr}"
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def texts(tree: ast.AST, around: ast.Module, seam: Seam) -> Iterator[tuple[int, str]]:
    """What is imported by a name in a text, or by code in one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in _LOADERS:
            # Handed to what imports, every module counts; elsewhere a text may be the name of something else.
            named = [text for text in _handed(node) if _is_dotted(text)]
            yield from ((node.lineno, problem) for text in named if seam.has(text) and (problem := seam.problem(text)))
        elif isinstance(node, ast.Call) and _called(node) in _RUNNERS:
            for code in map(parse, _handed(node)):
                if isinstance(code, ast.Module):
                    yield from ((node.lineno, problem) for problem in _code(code, around, seam))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module, _, inside = node.value.partition(":")  # as in an entry point
            if _is_dotted(module) and _is_dotted(inside or module) and "._" in module and seam.has(module):
                yield from ((node.lineno, problem) for problem in filter(None, [seam.problem(module)]))


def _handed(node: ast.Call) -> list[str]:
    """The texts that are handed over; of a relative name and its package, what they stand for."""
    values = [*node.args, *(one.value for one in node.keywords)]
    handed = [one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(handed) > 1 and handed[0].startswith("."):
        with suppress(ImportError):
            return [importlib.util.resolve_name(handed[0], handed[1])]
    return handed


def _code(code: ast.Module, around: ast.Module, seam: Seam) -> Iterator[str]:
    """What is wrong with code in a text."""
    found = [*statements(code, seam), *attributes(code, around, seam), *texts(code, around, seam)]
    yield from (problem for _, problem in found)


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
