"""Adds an extension to a workspace: its folder, its row in ``components.toml``, and what follows from that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import tomlkit

from pi_devkit import generate
from pi_devkit._errors import DevkitError
from pi_devkit.components import FILE_NAME, Workspace
from pi_devkit.scaffold._floor import check_floor
from pi_devkit.scaffold._render import Made, check_vacant, render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tomlkit import TOMLDocument

__all__ = ["check_member", "member"]

_FOLDER: Final = "packages"


def member(name: str, workspace: Workspace, answers: Mapping[str, str]) -> Made:
    """Make an extension beside the other packages of a workspace.

    Args:
        name: its name.
        workspace: the repository.
        answers: answers of the template's questions; what is missing has its default.

    Raises:
        DevkitError: the name is not possible or taken, an answer is not possible, or the folder has files.
    """
    check_member(name, workspace, answers)
    repository = {"repository": workspace.project.repository}
    made = render(name, workspace.root / _FOLDER / name, {**repository, **answers, "layout": "workspace"})
    _edit(workspace, FILE_NAME, lambda document: _add_row(document, name, answers.get("kind", "hooks")))
    _edit(workspace, "pyproject.toml", lambda document: _add_member(document, name))
    generated = generate.write(Workspace.find(workspace.root))
    return Made(made.folder, made.files, (FILE_NAME, "pyproject.toml", *generated))


def check_member(name: str, workspace: Workspace, answers: Mapping[str, str]) -> None:
    """Check what only the workspace knows; the template checks the rest.

    Args:
        name: as for :func:`member`.
        workspace: as for :func:`member`.
        answers: as for :func:`member`.

    Raises:
        DevkitError: the name is taken, the folder has files, or the oldest Python is too new for the other packages.
    """
    if name in workspace.file.components:
        raise DevkitError(f"there is a component {name!r} already; choose another name")
    _check_import(name, workspace)
    check_vacant(workspace.root / _FOLDER / name)
    check_floor(answers.get("python_floor", ""), workspace)


def _check_import(name: str, workspace: Workspace) -> None:
    module = name.replace("-", "_")
    for component in workspace.components:
        if component.import_name == module:
            raise DevkitError(f"{name!r} would be imported as {module}, as {component.name} is; choose another name")


def _edit(workspace: Workspace, file: str, change: Callable[[TOMLDocument], None]) -> None:
    path = workspace.root / file
    document = tomlkit.parse(path.read_text("utf-8"))
    change(document)
    path.write_text(tomlkit.dumps(document), "utf-8")


def _add_row(document: TOMLDocument, name: str, kind: str) -> None:
    components: Any = document["components"]
    components.append(name, tomlkit.parse(_row(name, kind)))


def _row(name: str, kind: str) -> str:
    module, plugin = name.replace("-", "_"), name.removeprefix("pi-")
    lines = [
        f'path = "{_FOLDER}/{name}"',
        'kind = "extension"',
        'state = "ready"',
        f'import = "{module}"',
        f'public = ["{module}"]',
        f"consumes = {{ pi-host = {_consumed(kind)} }}",
    ]
    promises = f'plugins = ["{plugin}"], commands = ["{plugin}"], tools = ["{module}_calls"]'
    if kind == "cli":
        promises += f', scripts = ["{name}"]'
    if kind == "companion":
        lines.append(f'wheel = ["{module}/inside.js"]')
    return "\n".join([*lines, 'smoke = "tests/smoke.py:smoke"', f"promises = {{ {promises} }}"]) + "\n"


def _consumed(kind: str) -> str:
    modules = ["pi_host", "pi_host.events", *(["pi_host.sessionfile"] if kind == "cli" else [])]
    return json.dumps(modules)


def _add_member(document: TOMLDocument, name: str) -> None:
    # A workspace that does things otherwise has not all of these, and needs no line in those it lacks.
    found: Any = document
    _insert(_list(found, "project", "dependencies"), name)
    sources = found.get("tool", {}).get("uv", {}).get("sources")
    if sources is not None:
        sources[name] = tomlkit.value("{ workspace = true }")
    _insert(_list(found, "tool", "mypy", "mypy_path"), f"{_FOLDER}/{name}/src")
    _insert(_list(found, "tool", "ruff", "lint", "isort", "known-first-party"), name.replace("-", "_"))


def _list(document: Any, *keys: str) -> Any:
    """What is there if it is a list; a list that nobody sees otherwise."""
    for key in keys:
        document = document.get(key, {})
    return document if isinstance(document, list) else []


def _insert(array: Any, value: str) -> None:
    place = next((index for index, item in enumerate(array) if str(item) > value), len(array))
    array.insert(place, value)
