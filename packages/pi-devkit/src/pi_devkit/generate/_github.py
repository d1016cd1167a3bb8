"""The files of the forge: who owns what, what is updated, which label goes where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pi_devkit.components import Workspace

__all__ = ["codeowners", "dependabot", "labeler", "labels"]

_HEAD: Final = "# Written by `pi-devkit sync` from components.toml; change that file instead.\n"

_COOLDOWN_DAYS: Final = 7


def codeowners(workspace: Workspace) -> str:
    """The text of ``CODEOWNERS``: the last line that fits wins, so what is general comes first."""
    default = " ".join(workspace.project.owners)
    lines = [f"* {default}"]
    for component in workspace.components:
        owners = component.owners if component.owners is not None else workspace.project.owners
        lines.append(f"/{component.path}/ {' '.join(owners)}")
    # What decides over releases belongs to the project, whoever owns the component.
    lines += [f"/{path} {default}" for path in ("components.toml", ".github/", "uv.lock")]
    return _HEAD + "\n".join(lines) + "\n"


def dependabot() -> str:
    """The text of ``dependabot.yml``: one lock file for Python, and the actions of the workflows."""
    entries = [
        f"""\
  - package-ecosystem: {ecosystem}
    directory: /
    schedule:
      interval: weekly
    cooldown:
      default-days: {_COOLDOWN_DAYS}
    groups:
      {group}:
        patterns: ["*"]
    commit-message:
      prefix: chore
"""
        for ecosystem, group in (("uv", "python"), ("github-actions", "actions"))
    ]
    return _HEAD + "version: 2\nupdates:\n" + "".join(entries)


def labeler(workspace: Workspace) -> str:
    """The text of ``labeler.yml``: which files bring which label."""
    rules = [
        f'"component: {component.name}":\n  - changed-files:\n      - any-glob-to-any-file: "{component.path}/**"\n'
        for component in workspace.components
    ]
    return _HEAD + "".join(rules)


def labels(workspace: Workspace) -> str:
    """The text of ``labels.yml``: the labels there are."""
    rows = [
        f'- name: "component: {component.name}"\n  color: "0e8a16"\n  description: "concerns {component.path}"\n'
        for component in workspace.components
    ]
    return _HEAD + "".join(rows)
