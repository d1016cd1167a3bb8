"""Renders the template into a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit.scaffold._template import SOURCE, checked, tag, template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ANSWERS_FILE", "Made", "render", "standalone"]

ANSWERS_FILE: Final = ".copier-answers.yml"

_REPORTED: Final = re.compile(r"^Validation error for question '\w+': ")


@dataclass(frozen=True, slots=True)
class Made:
    """An extension that was made.

    Attributes:
        folder: where it is.
        files: its files relative to that, sorted.
        changed: files of the workspace that were changed for it, relative to the root; none if it stands alone.
    """

    folder: Path
    files: tuple[str, ...]
    changed: tuple[str, ...] = ()


def standalone(name: str, folder: Path, answers: Mapping[str, str]) -> Made:
    """Make an extension with a repository of its own.

    Args:
        name: its name.
        folder: where to; not there yet, empty, or a fresh git repository.
        answers: answers of the template's questions; what is missing has its default.

    Raises:
        DevkitError: the name or an answer is not possible, or the folder has files.
    """
    return render(name, folder, {**answers, "layout": "standalone"})


def render(name: str, folder: Path, answers: Mapping[str, str]) -> Made:
    """Render the template.

    Args:
        name: as for :func:`standalone`.
        folder: as for :func:`standalone`.
        answers: as for :func:`standalone`.

    Raises:
        DevkitError: as for :func:`standalone`.
    """
    from copier import run_copy  # noqa: PLC0415  # takes 0.3 s, which no other command shall pay
    from copier.errors import CopierError  # noqa: PLC0415  # as above

    data = {**checked(answers), "name": name}
    there = [path.name for path in folder.iterdir() if path.name != ".git"] if folder.is_dir() else []
    if there or folder.is_file():
        raise DevkitError(f"{str(folder)!r} exists and is not empty; choose another name or another folder")
    try:
        run_copy(str(template()), folder, data=data, defaults=True, quiet=True)
    except (ValueError, CopierError) as error:
        raise DevkitError(_REPORTED.sub("", " ".join(str(error).split()))) from error
    _remember_source(folder / ANSWERS_FILE)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return Made(folder, tuple(file for file in files if not file.startswith(".git/")))


def _remember_source(path: Path) -> None:
    # copier wrote where the template lies on this machine, which is of no use to anybody else, nor tomorrow.
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^_src_path: .*$", f"_commit: {tag()}\n_src_path: {SOURCE}", text, count=1), "utf-8")
