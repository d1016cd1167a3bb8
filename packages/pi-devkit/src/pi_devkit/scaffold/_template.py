"""The template, as this distribution carries it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit._yaml import read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SOURCE", "TAKEN", "Question", "checked", "questions", "tag", "template"]

#: Where the template's own tagged history is; what an extension remembers, so that anybody can update it.
SOURCE: Final = "gh:pi-python/extension-template"

#: Questions that are answered otherwise than by ``--data``.
TAKEN: Final = ("layout", "name")

_TRUTHS: Final = ("true", "false")


@dataclass(frozen=True, slots=True)
class Question:
    """What the template asks.

    Attributes:
        name: the key of the answer.
        help: the question, in words.
        choices: the possible answers with what each means; empty for any.
        is_bool: whether it is answered with ``true`` or ``false``.
    """

    name: str
    help: str
    choices: Mapping[str, str]
    is_bool: bool


def template() -> Path:
    """The folder of the template."""
    return Path(__file__).parents[1] / "template"


def tag() -> str:
    """The version of the template: it is released with this distribution and under the same number."""
    return f"v{version('pi-devkit')}"


def questions() -> dict[str, Question]:
    """What the template asks, by name; what it computes is left out."""
    found = {}
    for name, row in read_mapping(template() / "copier.yml").items():
        if name.startswith("_") or row.get("when") is False:
            continue
        choices = row.get("choices", {})
        named = {str(value): str(label) for label, value in choices.items()} if isinstance(choices, dict) else {}
        found[name] = Question(
            name=name,
            help=row["help"],
            choices=named or {str(choice): str(choice) for choice in choices},
            is_bool=row["type"] == "bool",
        )
    return found


def checked(answers: Mapping[str, str]) -> dict[str, str | bool]:
    """The answers with their types, if they answer anything.

    What copier checks itself, the values of most questions, is left to it.

    Raises:
        DevkitError: a question does not exist, or one takes ``true`` or ``false`` and has another answer.
    """
    known = questions()
    found: dict[str, str | bool] = {}
    for name, answer in answers.items():
        if name not in known:
            open_ones = ", ".join(question for question in known if question not in TAKEN)
            raise DevkitError(f"the template does not ask {name!r}; it asks {open_ones}")
        if known[name].is_bool and answer not in _TRUTHS:
            raise DevkitError(f"{name} is {answer!r}, but must be true or false")
        found[name] = answer == "true" if known[name].is_bool else answer
    return found
