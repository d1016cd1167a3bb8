"""Finds files that belong to the template and were changed in the extension."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_devkit.fresh._copier import copier
from pi_devkit.scaffold import ANSWERS_FILE

if TYPE_CHECKING:
    from pi_devkit.fresh._answers import Answers

__all__ = ["drift"]

#: What an update overwrites as a whole; everything else is shared with the author, or the author's alone.
_OWNED: Final = ("noxfile.py", ".github/*.yml", ".github/workflows/*.yml")


def drift(answers: Answers) -> list[str]:
    """The files of the template that differ from what it rendered.

    Args:
        answers: those of the extension.

    Returns:
        Their paths relative to the extension, sorted.

    Raises:
        EnvironmentMissingError: the template can't be reached.
        DevkitError: copier fails.
    """
    with tempfile.TemporaryDirectory(prefix="pi-devkit-") as scratch:
        rendered = Path(scratch, answers.folder.resolve().name)
        words = ["--defaults", "--vcs-ref", answers.commit, "--data-file", str(answers.folder.resolve() / ANSWERS_FILE)]
        copier("copy", "--quiet", *words, answers.source, str(rendered), cwd=Path(scratch))
        owned = sorted(path.relative_to(rendered) for glob in _OWNED for path in rendered.glob(glob))
        return [str(path) for path in owned if _bytes(answers.folder / path) != (rendered / path).read_bytes()]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
