"""Everything the router knows about a query before it decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pi_autonomous_session_control.routing._clauses import Clause, clauses
from pi_autonomous_session_control.routing._concepts import Item, conceive
from pi_autonomous_session_control.routing._features import features
from pi_autonomous_session_control.routing._speech import NEGATED
from pi_autonomous_session_control.routing._tokens import tokenize
from pi_autonomous_session_control.routing._unwrap import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Analysis", "analyse"]

#: Whoever has not said by then what he wants will not be understood; the text of a directive may be longer.
_FAR_ENOUGH: Final = 1000


class Analysis(NamedTuple):
    """A query taken apart.

    Attributes:
        query: the sentence, out of its JSON object if it came in one.
        context: what came with it.
        items: all its words.
        clauses: all its clauses.
        kept: those that no negation takes back.
        features: what the model sees of the kept ones.
    """

    query: str
    context: Mapping[str, Any]
    items: list[Item]
    clauses: list[Clause]
    kept: list[Clause]
    features: list[str]


def analyse(query: str, context: Mapping[str, Any]) -> Analysis:
    """Take ``query`` apart."""
    query, context = unwrap(query, context)
    items = conceive(tokenize(query[:_FAR_ENOUGH]))
    found = clauses(items)
    kept = [clause for clause in found if clause.act != NEGATED]
    return Analysis(query, context, items, found, kept, features(kept, context))
