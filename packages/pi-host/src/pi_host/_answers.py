"""What a plugin gave back, checked and spelled out for pi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pi_host._shorthands import Shorthand

if TYPE_CHECKING:
    from pi_host._base import Answer
    from pi_host._hook import Hook

__all__ = ["check", "check_for"]


def check_for(hook: Hook, answer: Any) -> Any:
    """Return ``answer`` as an answer to ``hook`` under pi's own keys.

    Raises:
        TypeError: it is none; the message says why.
    """
    if hook.info.policy == "payload":
        return answer
    if hook.answer is None:
        raise TypeError(f"gave back {type(answer).__name__}, but {hook.info.name} takes no answer")
    checked = check(answer, hook.answer)
    if hook.info.policy == "edit" and "messages" in checked:
        # The check made copies, but a message that pi has already is recognised by being the same object.
        checked["messages"] = answer["messages"] if isinstance(answer, Mapping) else answer.messages
    return checked


def check(value: object, kind: type[Answer]) -> dict[str, Any]:
    """Return ``value`` as an answer under pi's own keys, with absent fields left out.

    Args:
        value: an instance of ``kind``, a shorthand such as ``Block``, or a mapping with pi's own keys.
        kind: the answer class of the event.

    Raises:
        TypeError: it is none of these, or a field has the wrong type or is unknown; the message says which.
    """
    spelled = _spell_out(value, kind)
    unknown = spelled.keys() - set(kind.__struct_encode_fields__)
    if unknown:
        known = ", ".join(kind.__struct_encode_fields__)
        raise TypeError(f"{min(unknown)!r} is not a field of {kind.__name__} (it has: {known})")
    try:
        msgspec.convert(spelled, kind)
    except msgspec.ValidationError as error:
        raise TypeError(f"not a {kind.__name__}: {error}") from error
    return {key: field for key, field in spelled.items() if field is not None}


def _spell_out(value: object, kind: type[Answer]) -> dict[str, Any]:
    if isinstance(value, Shorthand):
        return value.spell_out()
    if isinstance(value, kind | Mapping):
        try:
            plain = dict(value) if isinstance(value, Mapping) else value
            spelled: dict[str, Any] = msgspec.to_builtins(plain, str_keys=True)
        except (TypeError, ValueError) as error:
            raise TypeError(f"not JSON data: {error}") from error
        return spelled
    raise TypeError(f"gave back {type(value).__name__}, expected {kind.__name__} or None")
