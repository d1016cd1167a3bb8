"""The compiled lexicon and the weights, read at first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["PATH", "Data", "data", "encode"]

PATH: Final = Path(__file__).with_name("model.json")


class Data(msgspec.Struct, frozen=True):
    """What ``codegen/train.py`` wrote.

    Attributes:
        words: concepts of each word that is matched as a whole.
        stems: concepts of each beginning of a word.
        phrases: by their first word: the words that follow, ``*`` at the end of one for any ending, and the concepts.
        sets: small words by what they do in a clause.
        patterns: regular expressions for the beginning of a clause, by what it is.
        kinds: the classes of the model, in the order of the weights.
        bias: one number per class.
        weights: by feature: index of a class and its weight, alternating.
        threshold: the least probability with which a kind is believed.
        source: fingerprint of what the model was made from.
    """

    words: dict[str, list[str]]
    stems: dict[str, list[str]]
    phrases: dict[str, list[tuple[list[str], list[str]]]]
    sets: dict[str, frozenset[str]]
    patterns: dict[str, str]
    kinds: list[str]
    bias: list[float]
    weights: dict[str, list[float]]
    threshold: float
    source: str


@cache
def data() -> Data:
    """Return the model that comes with the package."""
    return msgspec.json.decode(PATH.read_bytes(), type=Data)


def encode(model: Data) -> bytes:
    """Return ``model`` as it lies on the disk: one line per member, so that a change can be read."""
    members = msgspec.to_builtins(model)
    lines = [f'"{name}": '.encode() + msgspec.json.encode(value) for name, value in members.items()]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"
