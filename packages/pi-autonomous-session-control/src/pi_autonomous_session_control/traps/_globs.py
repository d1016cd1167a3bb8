"""Path patterns: ``*`` and ``?`` within a name, ``**`` for any number of folders, ``[abc]``, ``{one,other}``."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Glob", "compiled", "fits"]

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_WILD: Final = re.compile(r"[*?\[]")
_MOST_FORMS: Final = 64


#: Tells whether a name fits; ``None`` stands for ``**``.
Part = Callable[[str], object] | None


class Glob(NamedTuple):
    """A pattern, ready to be used.

    Attributes:
        absolute: it starts at the root, not at the working folder.
        forms: one list of parts for each way to choose from the braces.
        names: the only names of files that can fit, ``None`` if there is no such list.
    """

    absolute: bool
    forms: tuple[tuple[Part, ...], ...]
    names: frozenset[str] | None


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Glob:
    """Return ``pattern`` ready to be used.

    Without a slash it fits a name at any depth, as in ``.gitignore``; with a slash at its end, all in that folder.
    """
    pattern = os.path.expanduser(pattern.strip())  # noqa: PTH111  # a pattern is not a path
    absolute = pattern.startswith("/")
    pattern = pattern.removeprefix("./").lstrip("/")
    if pattern.endswith("/"):
        pattern += "**"
    if not absolute and "/" not in pattern.removesuffix("/**"):
        pattern = f"**/{pattern}"
    forms = _forms(pattern)
    ends = [form.rpartition("/")[2] for form in forms]
    names = None if any(_WILD.search(end) or end in {"", "."} for end in ends) else frozenset(ends)
    return Glob(absolute, tuple(_names(form) for form in forms), names)


def fits(glob: Glob, absolute: Sequence[str], relative: Sequence[str]) -> bool:
    """Tell whether a path, given as its names, fits; ``relative`` is empty for one outside of the working folder."""
    names = absolute if glob.absolute or not relative else relative
    return any(_fits(form, names) for form in glob.forms)


def _forms(pattern: str) -> list[str]:
    forms = [pattern]
    while len(forms) < _MOST_FORMS and (match := next(filter(None, map(_BRACES.search, forms)), None)) is not None:
        form = match.string
        forms.remove(form)
        forms += [f"{form[: match.start()]}{choice}{form[match.end() :]}" for choice in match[1].split(",")]
    return forms[:_MOST_FORMS]


def _names(pattern: str) -> tuple[Part, ...]:
    return tuple(map(_part, [name for name in pattern.split("/") if name not in {"", "."}]))


def _part(name: str) -> Part:
    if name == "**":
        return None
    # The library's expressions hold on to the first place where a name's part fits, so they can't run away.
    return re.compile(fnmatch.translate(name)).match if _WILD.search(name) else name.__eq__


def _fits(form: tuple[Part, ...], names: Sequence[str]) -> bool:
    last = form[-1] if form else None
    if not names or (last is not None and not last(names[-1])):
        return False  # nearly always: the rest is for the few whose name fits
    reached = {0}  # how many of the names the parts so far can have used
    for part in form:
        if part is None:
            reached = set(range(min(reached), len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and part(names[at])}
        if not reached:
            return False
    return len(names) in reached
