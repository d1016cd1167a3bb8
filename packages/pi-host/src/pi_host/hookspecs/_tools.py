"""Tool calls, their results, and the user's own shell commands.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        ToolCallAnswer,
        ToolCallEvent,
        ToolExecutionEndEvent,
        ToolExecutionStartEvent,
        ToolExecutionUpdateEvent,
        ToolResultAnswer,
        ToolResultEvent,
        UserBashAnswer,
        UserBashEvent,
    )

__all__ = ["ToolsHooks"]


class ToolsHooks:
    """Tool calls, their results, and the user's own shell commands."""

    @hookspec
    def tool_execution_start(self, event: ToolExecutionStartEvent, ctx: Context) -> Reply[None]:
        '''A tool call enters its execution.

        When: Once per call, also for calls that are blocked or invalid.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import ToolExecutionStartEvent

            running: dict[str, str] = {}


            @hookimpl
            def tool_execution_start(event: ToolExecutionStartEvent) -> None:
                """Know what runs right now."""
                running[event.tool_call_id] = event.tool_name
            ```
        '''

    @hookspec
    def tool_execution_update(self, event: ToolExecutionUpdateEvent, ctx: Context) -> Reply[None]:
        '''A running tool reported a partial result.

        When: As often as the tool reports; the bash tool at most ten times a second.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins: it comes too often.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import ToolExecutionUpdateEvent

            latest: dict[str, object] = {}


            @hookimpl
            def tool_execution_update(event: ToolExecutionUpdateEvent) -> None:
                """Keep the latest state of every call."""
                latest[event.tool_call_id] = event.partial_result
            ```
        '''

    @hookspec
    def tool_execution_end(self, event: ToolExecutionEndEvent, ctx: Context) -> Reply[None]:
        '''A tool call is over.

        When: Once per call, also for calls that were blocked or invalid.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import ToolExecutionEndEvent

            SLOW_MS = 10_000


            @hookimpl
            def tool_execution_end(event: ToolExecutionEndEvent) -> None:
                """Log slow tools."""
                if (event.duration_ms or 0) > SLOW_MS:
                    logging.getLogger(__name__).info("%s took %.0f ms", event.tool_name, event.duration_ms)
            ```
        '''

    @hookspec
    def tool_call(self, event: ToolCallEvent, ctx: Context) -> Reply[ToolCallAnswer]:
        '''A tool is about to run; the call may be blocked or its arguments changed.

        When: Before every call, one after the other even when the tools then run in parallel.

        Answers: The last answer counts; ``block=True`` ends the round at once. Changes made in place are seen by
        later plugins.

        Fails closed: when a plugin raises or is too slow, pi does not do what it was about to do. pi waits for the
        plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import ToolCallAnswer, ToolCallEvent


            @hookimpl
            def tool_call(event: ToolCallEvent) -> ToolCallAnswer | None:
                """Keep the model's hands off the lock file."""
                if event.tool_name in {"edit", "write"} and event.input["path"].endswith("uv.lock"):
                    return ToolCallAnswer(block=True, reason="uv.lock is written by uv: run `uv lock`")
                return None
            ```
        '''

    @hookspec
    def tool_result(self, event: ToolResultEvent, ctx: Context) -> Reply[ToolResultAnswer]:
        '''A tool has run; its result may be changed before the model sees it.

        When: After every call that ran; results of parallel calls may come interleaved.

        Answers: Field by field: each plugin sees the result with the previous changes applied, and a later change
        wins.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import TextContent, ToolResultAnswer, ToolResultEvent


            @hookimpl
            def tool_result(event: ToolResultEvent) -> ToolResultAnswer | None:
                """Tell the model what to do about a missing program."""
                if event.is_error and "command not found" in str(event.content):
                    hint: TextContent = {"type": "text", "text": "Install it with `uv tool install`."}
                    return ToolResultAnswer(content=[*event.content, hint])
                return None
            ```
        '''

    @hookspec
    def user_bash(self, event: UserBashEvent, ctx: Context) -> Reply[UserBashAnswer]:
        '''The user is about to run a shell command with ``!`` or ``!!``.

        When: Before it runs. Before 0.86.0 pi runs the command even when a plugin fails.

        Answers: The first plugin that decides wins; the others are not asked.

        Fails closed: when a plugin raises or is too slow, pi does not do what it was about to do. pi waits for the
        plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import BashResult, UserBashAnswer, UserBashEvent


            @hookimpl
            def user_bash(event: UserBashEvent) -> UserBashAnswer | None:
                """Answer one command without a shell."""
                if event.command.strip() == "whereami":
                    outcome: BashResult = {"output": event.cwd, "exitCode": 0, "cancelled": False, "truncated": False}
                    return UserBashAnswer(result=outcome)
                return None
            ```
        '''
