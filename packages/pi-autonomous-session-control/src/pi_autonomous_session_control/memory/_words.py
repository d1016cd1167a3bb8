"""Words of a text: for searching, and for telling whether two texts say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["essence", "words"]

_WORD: Final = re.compile(r"\w+")
#: Numbers keep their points and paths their slashes: 1.2 is not 12, and a/b is not b/a.
_EXACT: Final = re.compile(r"[\w./:@#+*=<>!%&|$~^\\-]+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that are in every question: they find nothing. In the languages that queries are understood in.
_ASKING: Final = _listed(
    """
    a an and any are about be but by can could did do does for from had has have how i if in into is it its me my of on
    or our should so some tell that the their them there these they this to us was we were what when where which who why
    will with would you your
    aber als am an auch auf aus bei bin bist da das dass dem den der des die du ein eine einem einen einer es für hat
    habe haben hast ich ihr im in ist kann man mein meine mich mir mit nach oder sich sie sind über um und uns von war
    was wenn wer wie wir wo zu zum zur
    al como con cual de del donde el ella en era es esta este fue ha han hay la las le lo los me mi mis o para por que
    qué se ser si sobre su sus un una y yo
    au aux avec c ce ces cette d dans de des du elle est et il ils j je l la le les ma mes moi mon n on ou où par pas
    pour qu que quel quelle qui s sa ses son sont sur ta tu un une vous
    """
)
#: Words that add nothing to a statement. Few: "to", "with" and "not" do.
_FILLING: Final = _listed("a an the please i you we us our your my der die das ein eine el la los las un una le les")
_VOWEL: Final = re.compile("[aeiouyäöüáéíóú]")
_DOUBLED: Final = re.compile(r"([bdgmnprt])\1$")
_SHORT: Final = 3


def words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` that are worth searching for; all of them if none is."""
    found = [word.casefold() for word in _WORD.findall(text)]
    yield from [word for word in found if word not in _ASKING] or found


def essence(text: str) -> tuple[str, ...]:
    """Return what must be equal in two texts for them to say the same: their words in order, without inflection."""
    plain = [word.strip(".:!") for word in _EXACT.findall(text.casefold())]
    # A word with a digit or a sign in it is a name, and has no inflection.
    return tuple(_plain(word) if word.isalpha() else word for word in plain if word and word not in _FILLING)


def _plain(word: str) -> str:
    # Much less than a stemmer does: to one, "important" is "import" and "university" "universe".
    for ending, least in (("ing", 3), ("ed", 3), ("s", 3)):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= least and _VOWEL.search(rest) and not rest.endswith(("s", "u", "i")):
            word = rest[:-1] if _DOUBLED.search(rest) and ending != "s" else rest
            break
    return word.removesuffix("e") if len(word) > _SHORT else word
