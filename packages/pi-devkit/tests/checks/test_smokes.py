from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pi_devkit.components import Component, Workspace

WORKSPACE = Workspace.find(Path(__file__))


@pytest.mark.parametrize("component", WORKSPACE.components, ids=lambda component: component.name)
def test_each_component_has_a_good_and_a_bad_path(component: Component) -> None:
    path, _, function = component.smoke.partition(":")
    tree = ast.parse((WORKSPACE.folder(component) / path).read_text("utf-8"))
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    called = [
        node.func.id
        for node in ast.walk(functions[function])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert called == ["good", "bad"]
    for name in called:
        assert any(isinstance(node, ast.Assert) for node in ast.walk(functions[name])), name
