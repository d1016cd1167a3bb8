"""From a query to what is asked for, or to the admission that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.routing._analysis import Analysis, analyse
from pi_autonomous_session_control.routing._data import data
from pi_autonomous_session_control.routing._evidence import evident
from pi_autonomous_session_control.routing._features import features
from pi_autonomous_session_control.routing._kinds import DOMAIN_OF, UNKNOWN, WRITES
from pi_autonomous_session_control.routing._model import probabilities
from pi_autonomous_session_control.routing._result import Alternative, Route
from pi_autonomous_session_control.routing._slots import slots
from pi_autonomous_session_control.routing._speech import CORE, DIRECTIVE, FRAGMENT, POLITE, QUESTION, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pi_autonomous_session_control.routing._clauses import Clause

__all__ = ["decide"]

#: A second best that is less likely is not worth telling.
_WORTH_TELLING: Final = 0.05
#: Nothing is written on less.
_SURELY: Final = 0.5
#: The least probability of a reading, and how many times likelier it must be than that nothing is asked.
_LEAST: Final = 0.3
_CLEARLY: Final = 2
#: What is told about oneself counts as well as a directive.
_STATED: Final = frozenset({"signal_confidence", "request_help"})


def decide(query: str, context: Mapping[str, Any]) -> Route:
    """Do what ``route`` says."""
    seen = analyse(query, context)
    ranked = _ranked(seen)
    kind, score = next(iter(ranked))
    others = [(other, chance) for other, chance in ranked if other not in {kind, UNKNOWN}]
    runner_up = others[0] if others and others[0][1] >= _WORTH_TELLING else None
    return Route(
        understood=kind != UNKNOWN,
        intent=DOMAIN_OF[kind],
        domain=DOMAIN_OF[kind],
        kind=kind,
        slots=slots(seen, kind),
        score=round(score, 3),
        runner_up=Alternative(DOMAIN_OF[runner_up[0]], runner_up[0], round(runner_up[1], 3)) if runner_up else None,
    )


def _ranked(seen: Analysis) -> list[tuple[str, float]]:
    """Return the kinds in the order of belief, the believed one first."""
    if not seen.kept:
        taken_back = _chances(features(seen.clauses, seen.context), seen.clauses) if seen.clauses else {}
        return [(UNKNOWN, 1.0), *taken_back.items()]
    whole = _chances(seen.features, seen.kept)
    best = _believed(whole, seen.kept)
    if len(seen.kept) > 1:
        for clause in seen.kept:
            if clause.act in {QUESTION, DIRECTIVE, POLITE}:
                chances = _chances(features([clause], seen.context), [clause])
                other = _believed(chances, [clause])
                if other[0] != UNKNOWN and (best[0] == UNKNOWN or other[1] > best[1]):
                    best, whole = other, chances
    return [best, *((kind, chance) for kind, chance in whole.items() if kind != best[0])]


def _chances(seen: Iterable[str], clauses: Sequence[Clause]) -> dict[str, float]:
    return probabilities(seen, evident(clauses))


def _believed(chances: Mapping[str, float], clauses: Sequence[Clause]) -> tuple[str, float]:
    for kind, chance in chances.items():
        if kind == UNKNOWN or not _is_enough(kind, chance, chances[UNKNOWN]):
            break
        if kind not in WRITES or _may_write(kind, clauses):
            return kind, chance
    return UNKNOWN, 1.0 - sum(chance for kind, chance in chances.items() if kind != UNKNOWN and kind not in WRITES)


def _is_enough(kind: str, chance: float, strange: float) -> bool:
    """A reading may be believed when it is only the best of several, as long as the query is one for this tool."""
    if kind in WRITES:
        return chance >= _SURELY
    return chance >= data().threshold or (chance >= _LEAST and chance > strange * _CLEARLY)


def _may_write(kind: str, clauses: Sequence[Clause]) -> bool:
    acts = {clause.act for clause in clauses}
    if QUESTION in acts:
        return False
    if acts & {DIRECTIVE, POLITE}:
        return True
    if STATEMENT in acts:
        learned = kind == "remember_pattern" and any("LEARN" in item.concepts for c in clauses for item in c.items)
        return kind in _STATED or learned
    return FRAGMENT in acts and (kind in _STATED or all(_names_it(clause) for clause in clauses))


def _names_it(clause: Clause) -> bool:
    """Return whether a clause without a verb soon comes to what is to be done."""
    core = next((at for at, item in enumerate(clause.items) if item.concepts & CORE), 0)
    return sum(not item.known for item in clause.items[:core]) <= 1
