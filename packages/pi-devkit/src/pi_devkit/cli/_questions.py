"""What ``pi-devkit new`` asks in a terminal, each answer checked as it is given."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import typer

from pi_devkit._errors import DevkitError
from pi_devkit.scaffold import answered, questions
from pi_host.commandline import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ask"]

#: The rest has defaults that fit most, and can be changed later.
_ASKED: Final = ("description", "kind", "author", "repository")


def ask(name: str, answers: Mapping[str, str]) -> dict[str, str]:
    """Ask what has no answer yet.

    Args:
        name: of the extension.
        answers: those that were given, ``layout`` included.

    Returns:
        All answers.

    Raises:
        DevkitError: the name, or an answer that was given, is not possible; nothing has been asked then.
    """
    with suppress(ModuleNotFoundError):  # some builds of Python lack it
        import readline  # noqa: F401, PLC0415  # with it arrow keys move the cursor, and only questions need that
    found, known = dict(answers), questions()
    remembered = answered(name, found)
    for question in (asked for asked in _ASKED if asked not in answers):

        def check(answer: str, question: str = question) -> str:
            try:
                answered(name, {**found, question: answer})
            except DevkitError as error:
                raise typer.BadParameter(safe(str(error))) from error  # which asks again
            return answer

        typer.echo(f"\n{known[question].help}")
        for choice, label in known[question].choices.items():
            typer.echo(f"  {choice:10} {label}")
        try:
            found[question] = typer.prompt(question, default=remembered[question], value_proc=check)
        except typer.Abort:
            typer.echo()  # what the terminal shows of Ctrl-C or Ctrl-D stays on a line of its own
            raise
    return found
