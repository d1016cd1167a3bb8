"""release-please's configuration and its manifest of versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pi_devkit.components import Component, Workspace

__all__ = ["config", "manifest"]

_SCHEMA: Final = "https://raw.githubusercontent.com/googleapis/release-please/main/schemas/config.json"

#: Documentation alone makes no release, so it is not in the changelog either.
_SECTIONS: Final = [
    {"type": "feat", "section": "Features"},
    {"type": "fix", "section": "Fixes"},
    {"type": "perf", "section": "Performance"},
    {"type": "revert", "section": "Reverts"},
    {"type": "docs", "section": "Documentation", "hidden": True},
    {"type": "chore", "section": "Chores", "hidden": True},
]


def config(workspace: Workspace) -> str:
    """The text of ``release-please-config.json``."""
    packages = {component.path: _package(component) for component in workspace.components if component.released}
    return _text(
        {
            "$schema": _SCHEMA,
            "release-type": "python",
            "include-component-in-tag": True,
            "include-v-in-tag": True,
            # One request for all: apart they would all change the one manifest and the one lock file.
            "separate-pull-requests": False,
            "bump-minor-pre-major": True,
            # A release is made visible when the index has its files, and not before.
            "draft": True,
            "force-tag-creation": True,
            "changelog-sections": _SECTIONS,
            "packages": packages,
        }
    )


def manifest(workspace: Workspace) -> str:
    """The text of ``.release-please-manifest.json``."""
    released = [component for component in workspace.components if component.released]
    return _text({component.path: str(workspace.source(component).version) for component in released})


def _package(component: Component) -> dict[str, Any]:
    # `@.name.value`: release-please hands its TOML with positions; with `@.name` it silently changes nothing.
    lock = {
        "type": "toml",
        "path": "/uv.lock",
        "jsonpath": f"$.package[?(@.name.value=='{component.name}')].version",
    }
    return {
        "component": component.name,
        "package-name": component.name,
        # The links of a README name the tag; only its marked lines are changed.
        "extra-files": [lock, {"type": "generic", "path": "README.md"}],
    }


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
