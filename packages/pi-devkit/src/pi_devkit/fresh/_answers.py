"""What an extension remembers of the template it was made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError
from pi_devkit._yaml import read_mapping
from pi_devkit.components import Source
from pi_devkit.scaffold import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Answers"]

#: The form that means the same on every machine; a path, or a URL with somebody's name in it, does not.
_CANONICAL: Final = re.compile(r"(gh|gl):[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers file of an extension.

    Attributes:
        folder: the extension.
        source: where the template is.
        commit: the version of the template it was last rendered from.
        given: the answers.
    """

    folder: Path
    source: str
    commit: str
    given: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Answers:
        """Read the answers of the extension in a folder.

        Raises:
            DevkitError: there are none, or they can't be read.
        """
        if not (folder / ANSWERS_FILE).is_file():
            raise DevkitError(f"{str(folder)!r} has no {ANSWERS_FILE}, so it was not made by `pi-devkit new`")
        found = read_mapping(folder / ANSWERS_FILE)
        given = {name: answer for name, answer in found.items() if not name.startswith("_")}
        return cls(folder, str(found.get("_src_path", "")), str(found.get("_commit", "")), given)

    def problems(self) -> list[str]:
        """Why nobody could update the extension from these answers, or what they say that is not so.

        Returns:
            One line each; empty if all is well.
        """
        return [*self._of_the_template(), *self._of_the_project()]

    def _of_the_template(self) -> Iterator[str]:
        if not _CANONICAL.fullmatch(self.source):
            yield f"_src_path is {self.source!r}, which others can't reach; it has to be like gh:OWNER/REPOSITORY"
        try:
            version = Version(self.commit)
        except InvalidVersion:
            yield f"_commit is {self.commit!r}, which is no released version of the template: update to one"
        else:
            if version.is_devrelease or version.local:
                yield f"_commit is {self.commit!r}, a state between two versions of the template: update to one"

    def _of_the_project(self) -> Iterator[str]:
        project = Source.read(self.folder).project
        floor = str(project.get("requires-python", "")).removeprefix(">=")
        for question, value in (
            ("name", project.get("name")),
            ("license", project.get("license")),
            ("python_floor", floor),
        ):
            answer = self.given.get(question)
            if answer != value:
                said = f"the answer of {question} is {answer!r}, pyproject.toml says {value!r}"
                yield f"{said}: {_remedy(question, value)}"


def _remedy(question: str, value: object) -> str:
    if question == "name":  # an update would make a second package beside the first
        return f"mend that, or if all of it was renamed, the line in {ANSWERS_FILE}"
    return f"mend that, or `uvx copier update --defaults --data {question}={value}`"
