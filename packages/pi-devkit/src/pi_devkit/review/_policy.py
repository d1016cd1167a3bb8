"""All families on a repository and its components, but for what is left out for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pi_devkit.components import Component, Workspace

__all__ = ["policy"]

#: Left out of nothing; not empty, since repo-review would then take what a package says itself.
_NOTHING: Final = frozenset({"nothing"})


def policy(workspace: Workspace, components: Sequence[Component] = ()) -> list[str]:
    """Review components, or the root and all of them.

    Args:
        workspace: the repository.
        components: which ones; none for everything, and then a rule that is left out in vain is a problem, too.

    Returns:
        What is wrong, one line each.

    Raises:
        DevkitError: what is left out has no reason.
    """
    root, packages = _left_out(workspace, "root"), _left_out(workspace, "packages")
    used: set[str] = set()
    found: list[str] = []
    for component in components or workspace.components:
        found += [f"{component.name}: {line}" for line in _review(workspace, component.path, packages, used)]
    if components:
        return found
    found += _in_vain("packages", packages, used)
    used.clear()
    found += [f"the root: {line}" for line in _review(workspace, "", root, used)]
    return [*found, *_in_vain("root", root, used)]


def _left_out(workspace: Workspace, what: str) -> Mapping[str, str]:
    tables: dict[str, Any] = workspace.pyproject().get("tool", {}).get("pi-devkit", {}).get("policy", {})
    table: dict[str, Any] = tables.get(what, {})
    for rule, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            raise DevkitError(f"tool.pi-devkit.policy.{what}.{rule} is {reason!r}; write why it is left out")
    return table


def _review(workspace: Workspace, subdir: str, left_out: Mapping[str, str], used: set[str]) -> Iterator[str]:
    from repo_review.checks import name_matches  # noqa: PLC0415  # of the extra `release`
    from repo_review.processor import collect_all, process  # noqa: PLC0415  # as above

    there = collect_all(workspace.root, subdir=subdir)
    # The slowest by far, and the release check asks the same: R02.
    checks = {name: check for name, check in there.checks.items() if not name.startswith("VPP")}
    asked = there._replace(checks=checks)
    for result in process(workspace.root, subdir=subdir, ignore=_NOTHING, collected=asked).results:
        if result.result is not False:
            continue
        rule = name_matches(result.name, left_out.keys())
        if rule:
            used.add(rule)
        else:
            # What follows the first paragraph are examples of what to write.
            said = result.err_msg.strip().partition("\n\n")[0]
            yield f"{result.name}: {' '.join(said.split()) or result.description}"


def _in_vain(what: str, left_out: Mapping[str, str], used: set[str]) -> Iterator[str]:
    for rule in left_out.keys() - used:
        yield f"tool.pi-devkit.policy.{what}.{rule} leaves out what is kept; take it out of pyproject.toml"
