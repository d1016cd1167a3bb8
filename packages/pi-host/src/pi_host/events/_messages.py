"""Messages as they come into being, and the conversation as a request will carry it.

Written by codegen/sync.py; do not edit.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pi_host._base import Answer, Event
from pi_host.events._types import AgentMessage, AssistantMessageEvent, MessageList

__all__ = [
    "ContextAnswer",
    "ContextEvent",
    "ContextWithSystemAnswer",
    "ContextWithSystemEvent",
    "MessageEndAnswer",
    "MessageEndEvent",
    "MessageStartEvent",
    "MessageUpdateEvent",
]


class ContextEvent(Event, kw_only=True):
    """A request to the model is about to be built from the conversation without its system messages.

    Attributes:
        messages: The conversation; it stays in pi until it is asked for.
    """

    name: ClassVar[str] = "context"

    messages: MessageList


class ContextAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``context``.

    Attributes:
        messages: The conversation to send.
    """

    messages: Sequence[Mapping[str, object]] | None = None


class ContextWithSystemEvent(Event, kw_only=True):
    """A request to the model is about to be built from the whole conversation, system messages included.

    Attributes:
        messages: The whole conversation; it stays in pi until it is asked for.
    """

    name: ClassVar[str] = "context_with_system"

    messages: MessageList


class ContextWithSystemAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``context_with_system``.

    Attributes:
        messages: The conversation to send.
    """

    messages: Sequence[Mapping[str, object]] | None = None


class MessageStartEvent(Event, kw_only=True):
    """A message begins: of the user, the model, a tool, the system or an extension.

    Attributes:
        message: The message as far as it is known.
    """

    name: ClassVar[str] = "message_start"

    message: AgentMessage


class MessageUpdateEvent(Event, kw_only=True):
    """The model said a little more.

    Attributes:
        assistant_message_event: The piece; the message so far is not sent along, since it would grow with every piece.
    """

    name: ClassVar[str] = "message_update"

    assistant_message_event: AssistantMessageEvent


class MessageEndEvent(Event, kw_only=True):
    """A message is complete and about to be written to the session.

    Attributes:
        message: The complete message.
    """

    name: ClassVar[str] = "message_end"

    message: AgentMessage


class MessageEndAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``message_end``.

    Attributes:
        message: The message to keep instead; it must have the same role.
    """

    message: AgentMessage | None = None
