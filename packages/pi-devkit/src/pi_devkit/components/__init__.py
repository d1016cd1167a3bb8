"""The file ``components.toml``: what is released, held against the tree.

Example::

    workspace = Workspace.find(Path.cwd())
    for component in workspace.components:
        print(component.name, workspace.source(component).version)
"""

from pi_devkit.components._affected import affected, changed_files
from pi_devkit.components._bump import NEXT, bump
from pi_devkit.components._check import problems
from pi_devkit.components._matrix import matrix
from pi_devkit.components._model import Component, ExpectedFailure, PiProfile, Project, Waiver
from pi_devkit.components._parse import FILE_NAME, Components, parse, read
from pi_devkit.components._source import Source, canonical
from pi_devkit.components._tag import Release, resolve_tag
from pi_devkit.components._workspace import Workspace

__all__ = [
    "FILE_NAME",
    "NEXT",
    "Component",
    "Components",
    "ExpectedFailure",
    "PiProfile",
    "Project",
    "Release",
    "Source",
    "Waiver",
    "Workspace",
    "affected",
    "bump",
    "canonical",
    "changed_files",
    "matrix",
    "parse",
    "problems",
    "read",
    "resolve_tag",
]
