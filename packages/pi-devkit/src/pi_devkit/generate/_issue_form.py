"""The list of components in the form for bug reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pi_devkit.components import Workspace

__all__ = ["with_components"]

#: The form is written by hand but for the lines between these two comments.
_REGION: Final = re.compile(r"(?P<indent> *)# components: begin\n(?:.*\n)*? *# components: end\n")


def with_components(form: str, workspace: Workspace) -> str:
    """The form with the components as they are.

    Args:
        form: its text.
        workspace: the repository.

    Raises:
        DevkitError: the form does not say where the components go.
    """
    match = _REGION.search(form)
    if match is None:
        raise DevkitError("the bug form has no lines `# components: begin` and `# components: end` among its options")
    indent = match["indent"]
    rows = [f"{indent}- {component.name}\n" for component in workspace.components]
    region = f"{indent}# components: begin\n{''.join(rows)}{indent}# components: end\n"
    return form[: match.start()] + region + form[match.end() :]
