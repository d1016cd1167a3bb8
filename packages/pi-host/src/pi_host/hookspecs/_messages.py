"""Messages as they come into being, and the conversation as a request will carry it.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        ContextAnswer,
        ContextEvent,
        ContextWithSystemAnswer,
        ContextWithSystemEvent,
        MessageEndAnswer,
        MessageEndEvent,
        MessageStartEvent,
        MessageUpdateEvent,
    )

__all__ = ["MessagesHooks"]


class MessagesHooks:
    """Messages as they come into being, and the conversation as a request will carry it."""

    @hookspec
    def context(self, event: ContextEvent, ctx: Context) -> Reply[ContextAnswer]:
        '''A request to the model is about to be built from the conversation without its system messages.

        When: Before every request. What changes here changes the request, not the session.

        Answers: Each plugin sees the list as the previous one left it; changes in place and returned lists both
        count.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import ContextEvent


            @hookimpl
            def context(event: ContextEvent) -> None:
                """Keep what the user's own shell commands printed from the model."""
                for index, role in reversed(list(enumerate(event.messages.roles))):
                    if role == "bashExecution":
                        event.messages.remove(index)
            ```
        '''

    @hookspec
    def context_with_system(self, event: ContextWithSystemEvent, ctx: Context) -> Reply[ContextWithSystemAnswer]:
        '''A request to the model is about to be built from the whole conversation, system messages included.

        When: Before every request, after ``context``. The result is sent as it is.

        Answers: Each plugin sees the list as the previous one left it; changes in place and returned lists both
        count.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.87.0.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import ContextWithSystemEvent


            @hookimpl
            def context_with_system(event: ContextWithSystemEvent) -> None:
                """Log how many system messages a request carries."""
                logging.getLogger(__name__).info("%d system messages", event.messages.roles.count("system"))
            ```
        '''

    @hookspec
    def message_start(self, event: MessageStartEvent, ctx: Context) -> Reply[None]:
        '''A message begins: of the user, the model, a tool, the system or an extension.

        When: Once per message; a message of the model is still empty.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from collections import Counter

            from pi_host import hookimpl
            from pi_host.events import MessageStartEvent

            roles: Counter[str] = Counter()


            @hookimpl
            def message_start(event: MessageStartEvent) -> None:
                """Count messages by role."""
                roles[event.message["role"]] += 1
            ```
        '''

    @hookspec
    def message_update(self, event: MessageUpdateEvent, ctx: Context) -> Reply[None]:
        '''The model said a little more.

        When: For every piece of a streamed message, several times a second.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins: it comes too often.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import MessageUpdateEvent

            text: list[str] = []


            @hookimpl
            def message_update(event: MessageUpdateEvent) -> None:
                """Collect the text as it comes."""
                piece = event.assistant_message_event
                if piece["type"] == "text_delta":
                    text.append(piece["delta"])
            ```
        '''

    @hookspec
    def message_end(self, event: MessageEndEvent, ctx: Context) -> Reply[MessageEndAnswer]:
        '''A message is complete and about to be written to the session.

        When: Once per message, before it is written.

        Answers: Each plugin sees the message the previous one left. A message of another role is refused.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import MessageEndAnswer, MessageEndEvent


            @hookimpl
            def message_end(event: MessageEndEvent) -> MessageEndAnswer | None:
                """Keep a password out of the session file."""
                message = event.message
                if message["role"] == "bashExecution" and "hunter2" in message["output"]:
                    return MessageEndAnswer(message={**message, "output": "(removed)"})
                return None
            ```
        '''
