"""Tool calls, their results, and the user's own shell commands.

Written by codegen/sync.py; do not edit.
"""

from typing import Any, ClassVar

from pi_host._base import Answer, Event
from pi_host.events._types import BashResult, ImageContent, TextContent, Usage

__all__ = [
    "ToolCallAnswer",
    "ToolCallEvent",
    "ToolExecutionEndEvent",
    "ToolExecutionStartEvent",
    "ToolExecutionUpdateEvent",
    "ToolResultAnswer",
    "ToolResultEvent",
    "UserBashAnswer",
    "UserBashEvent",
]


class ToolExecutionStartEvent(Event, kw_only=True):
    """A tool call enters its execution.

    Attributes:
        tool_call_id: The id of the call.
        tool_name: The tool's name.
        args: The arguments of the call.
        parent_tool_call_id: The call of another tool that made this one. Since pi 0.99.0.
    """

    name: ClassVar[str] = "tool_execution_start"

    tool_call_id: str
    tool_name: str
    args: Any
    parent_tool_call_id: str | None = None


class ToolExecutionUpdateEvent(Event, kw_only=True):
    """A running tool reported a partial result.

    Attributes:
        tool_call_id: The id of the call.
        tool_name: The tool's name.
        args: The arguments of the call.
        partial_result: The result so far, in the tool's own format.
        parent_tool_call_id: The call of another tool that made this one. Since pi 0.99.0.
    """

    name: ClassVar[str] = "tool_execution_update"

    tool_call_id: str
    tool_name: str
    args: Any
    partial_result: Any
    parent_tool_call_id: str | None = None


class ToolExecutionEndEvent(Event, kw_only=True):
    """A tool call is over.

    Attributes:
        tool_call_id: The id of the call.
        tool_name: The tool's name.
        result: The final result.
        is_error: Whether the call failed.
        duration_ms: How long the tool worked, in milliseconds; absent when it did not run. Since pi 1.1.0.
        parent_tool_call_id: The call of another tool that made this one. Since pi 0.99.0.
    """

    name: ClassVar[str] = "tool_execution_end"

    tool_call_id: str
    tool_name: str
    result: Any
    is_error: bool
    duration_ms: int | float | None = None
    parent_tool_call_id: str | None = None


class ToolCallEvent(Event, kw_only=True):
    """A tool is about to run; the call may be blocked or its arguments changed.

    Attributes:
        tool_name: The tool's name.
        input: The arguments; changes in place count and are not checked again.
        tool_call_id: The id of the call.
        parent_tool_call_id: The call of another tool that made this one. Since pi 0.99.0.
    """

    name: ClassVar[str] = "tool_call"

    tool_name: str
    input: dict[str, Any]
    tool_call_id: str
    parent_tool_call_id: str | None = None


class ToolCallAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``tool_call``.

    Attributes:
        block: Do not run the tool; the model gets an error result.
        reason: What the model is told about it.
        terminate: Ask the agent to stop after this batch of calls. Since pi 0.84.1.
    """

    block: bool | None = None
    reason: str | None = None
    terminate: bool | None = None


class ToolResultEvent(Event, kw_only=True):
    """A tool has run; its result may be changed before the model sees it.

    Attributes:
        tool_name: The tool's name.
        details: What the tool keeps for display, in its own format.
        tool_call_id: The id of the call.
        parent_tool_call_id: The call of another tool that made this one. Since pi 0.99.0.
        input: The arguments the tool ran with.
        content: What the model will see.
        structured_content: The result for programs, of tools that declare its shape. Since pi 0.99.0.
        is_error: Whether the call failed.
        usage: Tokens the tool itself used. Since pi 0.81.0.
    """

    name: ClassVar[str] = "tool_result"

    tool_name: str
    details: Any = None
    tool_call_id: str
    parent_tool_call_id: str | None = None
    input: dict[str, Any]
    content: list[TextContent | ImageContent]
    structured_content: Any = None
    is_error: bool
    usage: Usage | None = None


class ToolResultAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``tool_result``.

    Attributes:
        content: What the model shall see; without ``structured_content`` this drops the structured result.
        details: What is kept for display.
        structured_content: The result for programs. Since pi 0.99.0.
        is_error: Whether the call counts as failed.
        usage: Tokens the tool itself used. Since pi 0.81.0.
    """

    content: list[TextContent | ImageContent] | None = None
    details: Any = None
    structured_content: Any = None
    is_error: bool | None = None
    usage: Usage | None = None


class UserBashEvent(Event, kw_only=True):
    """The user is about to run a shell command with `!` or `!!`.

    Attributes:
        command: The command line.
        exclude_from_context: Whether the model shall not see it (``!!``).
        cwd: The folder it runs in.
    """

    name: ClassVar[str] = "user_bash"

    command: str
    exclude_from_context: bool
    cwd: str


class UserBashAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``user_bash``.

    Attributes:
        result: The outcome to show in place of running the command.
    """

    result: BashResult
