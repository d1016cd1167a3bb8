"""Fit the weights and compile the word lists: writes ``routing/model.json``, the same bytes for the same input.

Run it after a change to the lexicon, to the training queries, or to what the model looks at:
``uv run --frozen --all-groups python packages/pi-autonomous-session-control/codegen/train.py``.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import phrasebook
import wordlists

from pi_autonomous_session_control.routing import _analysis, _data, _evidence, _features, _grammar, _tokens, _words
from pi_autonomous_session_control.routing._kinds import KINDS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE: Final = Path(__file__).parent
PACKAGE: Final = HERE.parent
MODEL: Final = PACKAGE / "src/pi_autonomous_session_control/routing/model.json"
CORPUS: Final = PACKAGE / "tests/routing/data"
TRAINING: Final = (CORPUS / "train.jsonl", CORPUS / "dev.jsonl", CORPUS / "spec.jsonl")
PHRASES: Final = HERE / "drill.toml"
LEXICON: Final = HERE / "lexicon.toml"
GRAMMAR: Final = HERE / "grammar.toml"

EPOCHS: Final = 15
RATE: Final = 0.25
DECAY: Final = 0.0015
THRESHOLD: Final = 0.4
DRILL_WEIGHT: Final = 0.4
#: An example with a word taken away is no more than a hint.
FADED_WEIGHT: Final = 0.1
#: What was published must be understood, whatever else changes.
PUBLISHED_WEIGHT: Final = 4.0
#: Weights that are smaller than this decide nothing.
LEAST: Final = 0.02
DIGITS: Final = 3
#: A class that an example says less about learns nothing from it.
FLAT: Final = 1e-4


def main() -> int:
    """Write the model."""
    lexicon = wordlists.lexicon(LEXICON) | wordlists.grammar(GRAMMAR)
    examples = [*read(*TRAINING), *drill()]
    kinds = [kind for kinds in KINDS.values() for kind in kinds] + [UNKNOWN]
    use(lexicon, kinds)
    learn_forms(lexicon["words"], examples)
    use(lexicon, kinds)
    bias, weights = fit(rows(examples, kinds), len(kinds))
    model = _data.Data(**lexicon, kinds=kinds, bias=bias, weights=weights, threshold=THRESHOLD, source=fingerprint())
    MODEL.write_bytes(_data.encode(model))
    sys.stdout.write(f"{len(examples)} queries, {len(weights)} features, {MODEL.stat().st_size // 1000} kB\n")
    return 0


def use(lexicon: dict[str, Any], kinds: list[str]) -> None:
    """Put the lexicon in the package, without weights: what an earlier model had is of no account."""
    MODEL.write_bytes(_data.encode(_data.Data(**lexicon, kinds=kinds, bias=[], weights={}, threshold=1, source="")))
    for cached in (_data.data, _words.meaning, _words.spelling, _words.targets, _grammar.words, _grammar.beginning):
        cached.cache_clear()


def learn_forms(words: dict[str, list[str]], examples: Sequence[dict[str, Any]]) -> None:
    """Add the words of the examples that a beginning explains, so that a typo in them is seen through."""
    for example in examples:
        for token in _tokens.tokenize(example["query"]):
            means = _words.meaning(token.text, token.plain) if token.sort == "word" and token.plain.isascii() else ()
            if means and token.plain not in words and len(token.plain) >= wordlists.SHORTEST:
                words[token.plain] = sorted(means)


def fingerprint() -> str:
    """Return a hash of everything the model is made from."""
    found = hashlib.sha256()
    for path in (LEXICON, GRAMMAR, PHRASES, *TRAINING):
        found.update(path.read_bytes())
    return found.hexdigest()


def read(*paths: Path) -> Iterator[dict[str, Any]]:
    """Yield the labelled queries of some JSON lines files."""
    for path in paths:
        weight = PUBLISHED_WEIGHT if path.name == "spec.jsonl" else 1.0
        for line in path.read_text(encoding="utf-8").splitlines():
            yield {"weight": weight} | json.loads(line)


def drill() -> Iterator[dict[str, Any]]:
    """Yield the queries that the phrase book gives; each counts less than one that somebody wrote."""
    for kind, _, query in phrasebook.queries(PHRASES):
        yield {"query": query, "kind": kind, "weight": DRILL_WEIGHT}


class Row(NamedTuple):
    """An example as the fitting sees it.

    Attributes:
        features: what the query has.
        label: the index of its kind.
        among: the indexes of the kinds that come into question.
        weight: how much it counts.
    """

    features: list[str]
    label: int
    among: list[int]
    weight: float


def rows(examples: Sequence[dict[str, Any]], kinds: Sequence[str]) -> list[Row]:
    """Return the examples that leave something to decide."""
    found = []
    for example in examples:
        seen = _analysis.analyse(example["query"], example.get("context") or {})
        among = _evidence.evident(seen.kept)
        if len(among) > 1 and example["kind"] in among:
            open_to = [at for at, kind in enumerate(kinds) if kind in among]
            found.append(Row(seen.features, kinds.index(example["kind"]), open_to, example["weight"]))
            if example["weight"] >= 1:
                found += faded(seen, example["kind"], kinds)
        elif example["kind"] not in among and example["weight"] >= 1 and seen.kept:
            sys.stdout.write(f"nothing in {example['query']!r} says {example['kind']}\n")
    return found


def faded(seen: _analysis.Analysis, kind: str, kinds: Sequence[str]) -> Iterator[Row]:
    """Yield the example once for each word that says something, as if nobody knew that word."""
    for one, clause in enumerate(seen.kept):
        for at, item in enumerate(clause.items):
            if item.concepts - {"COMMON", "FILLER", "KNOWN"} and item.sort == "word":
                blank = item._replace(concepts=frozenset(), known=False)
                items = [*clause.items[:at], blank, *clause.items[at + 1 :]]
                kept = [*seen.kept[:one], clause._replace(items=items), *seen.kept[one + 1 :]]
                among = _evidence.evident(kept)
                if len(among) > 1 and kind in among:
                    open_to = [index for index, name in enumerate(kinds) if name in among]
                    found = _features.features(kept, seen.context)
                    yield Row(found, kinds.index(kind), open_to, FADED_WEIGHT)


def fit(examples: Sequence[Row], classes: int) -> tuple[list[float], dict[str, list[float]]]:
    """Fit a multinomial logistic regression by AdaGrad; the order of the examples is fixed, so is the result."""
    names = sorted({name for example in examples for name in example.features})
    index = {name: at for at, name in enumerate(names)}
    data = [([index[name] for name in one.features], one.label, one.among, one.weight) for one in examples]
    weights = [[0.0] * classes for _ in names]
    squares = [[1e-2] * classes for _ in names]
    bias, bias_squares = [0.0] * classes, [1e-2] * classes
    order = sorted(range(len(data)), key=lambda at: hashlib.sha256(str(at).encode()).digest())
    for _ in range(EPOCHS):
        for at in order:
            seen, label, among, weight = data[at]
            for one, part in _gradient(seen, label, among, weights, bias):
                slope = part * weight
                bias_squares[one] += slope * slope
                bias[one] -= RATE * slope / math.sqrt(bias_squares[one])
                if abs(slope) < FLAT:
                    continue
                for name in seen:
                    step = slope + DECAY * weights[name][one]
                    squares[name][one] += step * step
                    weights[name][one] -= RATE * step / math.sqrt(squares[name][one])
    sparse: dict[str, list[float]] = {}
    for feature, row in zip(names, weights, strict=True):
        kept = [part for one, value in enumerate(row) if abs(value) >= LEAST for part in (one, round(value, DIGITS))]
        if kept:
            sparse[feature] = kept
    return [round(value, DIGITS) for value in bias], sparse


def _gradient(
    seen: Sequence[int], label: int, among: Sequence[int], weights: Sequence[Sequence[float]], bias: Sequence[float]
) -> list[tuple[int, float]]:
    sums = [bias[one] + sum(weights[name][one] for name in seen) for one in among]
    top = max(sums)
    parts = [math.exp(value - top) for value in sums]
    total = sum(parts)
    return [(one, part / total - (one == label)) for one, part in zip(among, parts, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
