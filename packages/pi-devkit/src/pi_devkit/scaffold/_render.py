"""Renders the template into a folder."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_devkit._errors import DevkitError
from pi_devkit._yaml import read_mapping
from pi_devkit.scaffold._template import SOURCE, checked, tag, template

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWERS_FILE", "Made", "answered", "check_vacant", "render", "standalone"]

ANSWERS_FILE: Final = ".copier-answers.yml"

#: How many of the files that are in the way are named.
_NAMED: Final = 5

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
    check_vacant(folder)
    _copy(name, folder, answers)
    _remember_source(folder / ANSWERS_FILE)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return Made(folder, tuple(file for file in files if not file.startswith(".git/")))


def answered(name: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Every answer of the template's questions, as an extension would remember it; nothing stays on the disk.

    Args:
        name: as for :func:`standalone`.
        answers: answers given so far, ``layout`` included; what is missing has its default.

    Raises:
        DevkitError: the name or an answer is not possible.
    """
    with tempfile.TemporaryDirectory(prefix="pi-devkit-") as scratch:
        folder = Path(scratch, "new")
        _copy(name, folder, answers)
        return read_mapping(folder / ANSWERS_FILE)


def check_vacant(folder: Path) -> None:
    """Check that nothing is in the way.

    Args:
        folder: as for :func:`standalone`.

    Raises:
        DevkitError: the folder has files, or is one.
    """
    if folder.is_file():
        raise DevkitError(f"{str(folder)!r} exists and is a file; choose another name or another folder")
    there = sorted(path.name for path in folder.iterdir() if path.name != ".git") if folder.is_dir() else []
    if there:
        named = [repr(file) for file in there[:_NAMED]] + ([f"{len(there) - _NAMED} more"] if there[_NAMED:] else [])
        raise DevkitError(
            f"{str(folder)!r} exists and is not empty: it has {', '.join(named)}; move that away (.git may "
            f"stay), or choose another name or another folder"
        )


def _copy(name: str, folder: Path, answers: Mapping[str, str]) -> None:
    from copier import run_copy  # noqa: PLC0415  # takes 0.3 s, which no other command shall pay
    from copier.errors import CopierError  # noqa: PLC0415  # as above

    data = {**checked(answers), "name": name}
    try:
        run_copy(str(template()), folder, data=data, defaults=True, quiet=True)
    except (ValueError, CopierError) as error:
        raise DevkitError(_REPORTED.sub("", " ".join(str(error).split()))) from error


def _remember_source(path: Path) -> None:
    # copier wrote where the template lies on this machine, which is of no use to anybody else, nor tomorrow.
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^_src_path: .*$", f"_commit: {tag()}\n_src_path: {SOURCE}", text, count=1), "utf-8")
