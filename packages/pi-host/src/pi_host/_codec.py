"""JSON in and out, fast, and without losing what JavaScript strings may hold."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from pi_host._errors import WireError

__all__ = ["decode", "decode_as", "encode"]

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def encode(value: object) -> bytes:
    r"""Return ``value`` as one line of JSON.

    JavaScript strings may hold lone surrogates. UTF-8 cannot, so such a value is written with ``\ud83d`` escapes, which
    ``JSON.parse`` turns back into the same string.

    Raises:
        WireError: the value is not JSON data.
    """
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encode_escaped(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError(f"not JSON data: {error}") from error


def decode(data: bytes | memoryview | msgspec.Raw) -> Any:
    """Return the JSON value in ``data``.

    Raises:
        WireError: ``data`` is not JSON.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_leniently(data)


def decode_as(decoder: msgspec.json.Decoder[T], data: bytes | memoryview | msgspec.Raw) -> T:
    """Return the JSON value in ``data`` as the decoder's type.

    Raises:
        WireError: ``data`` is not JSON.
        msgspec.ValidationError: it is JSON of another shape.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.convert(_decode_leniently(data), decoder.type)


def _encode_escaped(value: object) -> bytes:
    try:
        # Without `allow_nan=False` this would write NaN, which no JSON parser on the other end takes.
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError(f"not JSON data: {error}") from error


def _decode_leniently(data: bytes | memoryview | msgspec.Raw) -> Any:
    # msgspec refuses escaped lone surrogates, the standard library keeps them.
    try:
        return json.loads(bytes(memoryview(data)))
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error
