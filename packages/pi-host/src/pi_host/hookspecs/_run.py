"""A prompt from its arrival until the agent rests, its turns, and the dialogs on the way.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        AgentBeforeSettleAnswer,
        AgentBeforeSettleEvent,
        AgentEndEvent,
        AgentSettledEvent,
        AgentStartEvent,
        BeforeAgentStartAnswer,
        BeforeAgentStartEvent,
        InputAnswer,
        InputEvent,
        TurnEndAnswer,
        TurnEndEvent,
        TurnStartEvent,
        UIPromptEndEvent,
        UIPromptStartEvent,
    )

__all__ = ["RunHooks"]


class RunHooks:
    """A prompt from its arrival until the agent rests, its turns, and the dialogs on the way."""

    @hookspec
    def before_agent_start(self, event: BeforeAgentStartEvent, ctx: Context) -> Reply[BeforeAgentStartAnswer]:
        '''A run is about to start; messages may be added and the system prompt changed.

        When: Once per run, before the prompt is put into the conversation.

        Answers: All messages are kept, in plugin order; the last ``system_prompt`` wins, and later plugins see it.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import BeforeAgentStartAnswer


            @hookimpl
            def before_agent_start() -> BeforeAgentStartAnswer:
                """Remind the model of the house rule."""
                rule = "Run the tests before you finish."
                return BeforeAgentStartAnswer(message={"customType": "rule", "content": rule, "display": False})
            ```
        '''

    @hookspec
    def agent_start(self, event: AgentStartEvent, ctx: Context) -> Reply[None]:
        '''The agent starts to work.

        When: At least once per run; again after a retry or a continuation.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from time import monotonic

            from pi_host import hookimpl

            started: list[float] = []


            @hookimpl
            def agent_start() -> None:
                """Note the time."""
                started.append(monotonic())
            ```
        '''

    @hookspec
    def agent_end(self, event: AgentEndEvent, ctx: Context) -> Reply[None]:
        '''The agent stopped working; a retry or a continuation may follow.

        When: Once for every ``agent_start``.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import AgentEndEvent


            @hookimpl
            async def agent_end(event: AgentEndEvent) -> None:
                """Log how many messages the agent produced."""
                messages = await event.messages.load()
                logging.getLogger(__name__).info("%d messages", len(messages))
            ```
        '''

    @hookspec
    def agent_before_settle(self, event: AgentBeforeSettleEvent, ctx: Context) -> Reply[AgentBeforeSettleAnswer]:
        '''The run is about to end; entries may be written and another request asked for.

        When: Before ``agent_settled``; again if the run goes on.

        Answers: Each plugin sees what was proposed so far; every field it returns replaces that part of the proposal.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.87.0.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import AgentBeforeSettleAnswer, AgentBeforeSettleEvent, CustomEntryDraft


            @hookimpl
            def agent_before_settle(event: AgentBeforeSettleEvent) -> AgentBeforeSettleAnswer:
                """Write down how the run ended."""
                note: CustomEntryDraft = {"type": "custom", "customType": "outcome", "data": event.outcome}
                return AgentBeforeSettleAnswer(entries=[*event.entries, note])
            ```
        '''

    @hookspec
    def agent_settled(self, event: AgentSettledEvent, ctx: Context) -> Reply[None]:
        '''The run is over: no retry, compaction or queued prompt is left.

        When: Once per run. Prompts sent from here start after all plugins were told.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.80.4.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import AgentSettledEvent


            @hookimpl
            def agent_settled(event: AgentSettledEvent) -> None:
                """Log runs that were stopped."""
                if event.aborted:
                    logging.getLogger(__name__).info("the run was stopped")
            ```
        '''

    @hookspec
    def ui_prompt_start(self, event: UIPromptStartEvent, ctx: Context) -> Reply[None]:
        '''A dialog opened, and a person is waited for.

        When: When the outermost dialog opens.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins.

        Since pi 0.84.4.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import UIPromptStartEvent

            waiting: set[str] = set()


            @hookimpl
            def ui_prompt_start(event: UIPromptStartEvent) -> None:
                """Remember what a person is asked."""
                waiting.add(event.title or event.kind)
            ```
        '''

    @hookspec
    def ui_prompt_end(self, event: UIPromptEndEvent, ctx: Context) -> Reply[None]:
        '''The dialog closed, and no person is waited for any more.

        When: When the outermost dialog closed.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins.

        Since pi 0.84.4.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import UIPromptEndEvent


            @hookimpl
            def ui_prompt_end(event: UIPromptEndEvent) -> None:
                """Log that the dialog was answered."""
                logging.getLogger(__name__).info("answered: %s", event.title or event.kind)
            ```
        '''

    @hookspec
    def turn_start(self, event: TurnStartEvent, ctx: Context) -> Reply[None]:
        '''A turn begins: one request to the model and the tool calls it leads to.

        When: Once per turn.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import TurnStartEvent

            started: dict[int, int] = {}


            @hookimpl
            def turn_start(event: TurnStartEvent) -> None:
                """Note when each turn began."""
                started[event.turn_index] = event.timestamp
            ```
        '''

    @hookspec
    def turn_end(self, event: TurnEndEvent, ctx: Context) -> Reply[TurnEndAnswer]:
        '''A turn is complete; entries may be written and another request asked for.

        When: Once per turn, after its tool calls. Before 0.87.0 an answer has no effect.

        Answers: Each plugin sees what was proposed so far; every field it returns replaces that part of the proposal.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import CustomEntryDraft, TurnEndAnswer, TurnEndEvent


            @hookimpl
            def turn_end(event: TurnEndEvent) -> TurnEndAnswer | None:
                """Write a bookmark every tenth turn."""
                if event.turn_index and event.turn_index % 10 == 0:
                    mark: CustomEntryDraft = {"type": "custom", "customType": "bookmark", "data": event.turn_index}
                    return TurnEndAnswer(entries=[*(event.entries or []), mark])
                return None
            ```
        '''

    @hookspec
    def input(self, event: InputEvent, ctx: Context) -> Reply[InputAnswer]:
        '''A prompt arrived; it may be rewritten or dealt with.

        When: For every prompt before templates and skills are expanded, but not for commands of extensions.

        Answers: Each plugin sees the text and images the previous one left; ``action="handled"`` ends the round at
        once.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import InputAnswer, InputEvent


            @hookimpl(specname="input")
            def expand(event: InputEvent) -> InputAnswer | None:
                """Let `? word` stand for `Explain word`."""
                if event.text.startswith("? "):
                    return InputAnswer(action="transform", text="Explain " + event.text[2:])
                return None
            ```
        '''
