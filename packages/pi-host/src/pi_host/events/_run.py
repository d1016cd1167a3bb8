"""A prompt from its arrival until the agent rests, its turns, and the dialogs on the way.

Written by codegen/sync.py; do not edit.
"""

from typing import ClassVar, Literal

from pi_host._base import Answer, Event
from pi_host.events._types import (
    AgentActivityOutcome,
    AgentMessage,
    BeforeAgentStartMessage,
    BeforeAgentStartMessageType,
    BoundaryContextPreviewHandle,
    CustomMessage,
    ImageContent,
    InputSource,
    InputStreamingBehavior,
    MessageList,
    NormalizedBuildSystemPromptOptions,
    SessionBoundaryDraft,
    ToolResultMessage,
    UIPromptEndReason,
    UIPromptKind,
    UIPromptStartReason,
)

__all__ = [
    "AgentBeforeSettleAnswer",
    "AgentBeforeSettleEvent",
    "AgentEndEvent",
    "AgentSettledEvent",
    "AgentStartEvent",
    "BeforeAgentStartAnswer",
    "BeforeAgentStartEvent",
    "InputAnswer",
    "InputEvent",
    "TurnEndAnswer",
    "TurnEndEvent",
    "TurnStartEvent",
    "UIPromptEndEvent",
    "UIPromptStartEvent",
]


class BeforeAgentStartEvent(Event, kw_only=True):
    """A run is about to start; messages may be added and the system prompt changed.

    Attributes:
        message_type: What starts the run: a prompt of the user, or a message of an extension. Since pi 1.2.0.
        prompt: The text of the prompt; absent when an extension's message starts the run.
        images: Images that came with the prompt.
        system_prompt: The system prompt as it stands now.
        system_prompt_options: The parts it is made of; changes in place count (informational only before 0.87.0).
        message: The extension's message that starts the run. Since pi 1.2.0.
    """

    name: ClassVar[str] = "before_agent_start"

    message_type: BeforeAgentStartMessageType | None = None
    prompt: str | None = None
    images: list[ImageContent] | None = None
    system_prompt: str
    system_prompt_options: NormalizedBuildSystemPromptOptions
    message: CustomMessage | None = None


class BeforeAgentStartAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``before_agent_start``.

    Attributes:
        message: A message to add to the run.
        system_prompt: A text to use in place of the whole system prompt of this run.
    """

    message: BeforeAgentStartMessage | None = None
    system_prompt: str | None = None


class AgentStartEvent(Event, kw_only=True):
    """The agent starts to work."""

    name: ClassVar[str] = "agent_start"


class AgentEndEvent(Event, kw_only=True):
    """The agent stopped working; a retry or a continuation may follow.

    Attributes:
        messages: The messages of this part of the run; they stay in pi until they are asked for.
    """

    name: ClassVar[str] = "agent_end"

    messages: MessageList


class AgentBeforeSettleEvent(Event, kw_only=True):
    """The run is about to end; entries may be written and another request asked for.

    Attributes:
        entries: The entries proposed so far.
        continue_: Whether another request was asked for so far.
        context: What the next request would contain; it stays in pi until it is asked for.
        outcome: How the run went.
    """

    name: ClassVar[str] = "agent_before_settle"

    entries: list[SessionBoundaryDraft]
    continue_: bool
    context: BoundaryContextPreviewHandle
    outcome: AgentActivityOutcome


class AgentBeforeSettleAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``agent_before_settle``.

    Attributes:
        entries: All entries to write, those proposed before included.
        continue_: Whether to send another request.
    """

    entries: list[SessionBoundaryDraft] | None = None
    continue_: bool | None = None


class AgentSettledEvent(Event, kw_only=True):
    """The run is over: no retry, compaction or queued prompt is left.

    Attributes:
        aborted: Whether the run was stopped, for example with Escape. Since pi 1.1.0.
    """

    name: ClassVar[str] = "agent_settled"

    aborted: bool | None = None


class UIPromptStartEvent(Event, kw_only=True):
    """A dialog opened, and a person is waited for.

    Attributes:
        reason: Always ``ui_prompt``.
        kind: The kind of dialog.
        title: Its title.
    """

    name: ClassVar[str] = "ui_prompt_start"

    reason: UIPromptStartReason
    kind: UIPromptKind
    title: str | None = None


class UIPromptEndEvent(Event, kw_only=True):
    """The dialog closed, and no person is waited for any more.

    Attributes:
        reason: Always ``ui_prompt``.
        kind: The kind of dialog.
        title: Its title.
    """

    name: ClassVar[str] = "ui_prompt_end"

    reason: UIPromptEndReason
    kind: UIPromptKind
    title: str | None = None


class TurnStartEvent(Event, kw_only=True):
    """A turn begins: one request to the model and the tool calls it leads to.

    Attributes:
        turn_index: The number of the turn in this run, from 0.
        timestamp: When it began, in milliseconds since 1970.
    """

    name: ClassVar[str] = "turn_start"

    turn_index: int
    timestamp: int


class TurnEndEvent(Event, kw_only=True):
    """A turn is complete; entries may be written and another request asked for.

    Attributes:
        turn_index: The number of the turn in this run, from 0.
        message: What the model said.
        tool_results: The results of the tools it called.
        message_entry_id: The entry that holds the model's message. Since pi 0.87.0.
        tool_result_entry_ids: The entries that hold the tool results. Since pi 0.87.0.
        entries: The entries proposed so far. Since pi 0.87.0.
        continue_: Whether another request was asked for so far. Since pi 0.87.0.
        context: What the next request would contain; it stays in pi until it is asked for. Since pi 0.87.0.
        outcome: How the turn went. Since pi 0.87.0.
    """

    name: ClassVar[str] = "turn_end"

    turn_index: int
    message: AgentMessage
    tool_results: list[ToolResultMessage]
    message_entry_id: str | None = None
    tool_result_entry_ids: list[str] | None = None
    entries: list[SessionBoundaryDraft] | None = None
    continue_: bool | None = None
    context: BoundaryContextPreviewHandle | None = None
    outcome: AgentActivityOutcome | None = None


class TurnEndAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``turn_end``.

    Attributes:
        entries: All entries to write, those proposed before included. Since pi 0.87.0.
        continue_: Whether to send another request. Since pi 0.87.0.
    """

    entries: list[SessionBoundaryDraft] | None = None
    continue_: bool | None = None


class InputEvent(Event, kw_only=True):
    """A prompt arrived; it may be rewritten or dealt with.

    Attributes:
        text: The prompt as it was typed.
        images: Images that came with it.
        source: Where it came from.
        streaming_behavior: How it is queued when the agent is at work; absent when it rests. Since pi 0.77.0.
    """

    name: ClassVar[str] = "input"

    text: str
    images: list[ImageContent] | None = None
    source: InputSource
    streaming_behavior: InputStreamingBehavior | None = None


class InputAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``input``.

    Attributes:
        action: What to do: go on, use ``text`` and ``images`` instead, or nothing because the plugin dealt with it.
        text: The new prompt; for ``transform``.
        images: The new images; for ``transform``.
    """

    action: Literal["continue", "transform", "handled"]
    text: str | None = None
    images: list[ImageContent] | None = None
