"""What the builder of spans is told. Times are nanoseconds since 1970."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from pi_trace_headers._identity import Identity
from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage

__all__ = [
    "Answered",
    "FirstToken",
    "Heard",
    "RequestBegan",
    "ResponseBegan",
    "RunAnnounced",
    "RunBegan",
    "RunEnded",
    "RunSettled",
    "SessionBegan",
    "SessionEnded",
    "Signal",
    "Spent",
    "Summary",
    "SummaryBegan",
    "SummaryEnded",
    "ToolBegan",
    "ToolEnded",
    "TurnBegan",
    "TurnEnded",
]

#: What pi has a model sum up.
Summary: TypeAlias = Literal["compaction", "branch_summary"]


class _Signal(msgspec.Struct, frozen=True):
    at: int


class SessionBegan(_Signal, frozen=True):
    """A session is there, new or taken up again."""

    identity: Identity


class RunAnnounced(_Signal, frozen=True):
    """A prompt is about to start a new run."""


class RunBegan(_Signal, frozen=True):
    """The agent starts to work, or goes on with the run after a failure."""

    identity: Identity


class RunEnded(_Signal, frozen=True):
    """The agent stopped; it may go on."""


class RunSettled(_Signal, frozen=True):
    """Nothing of the run is left to do."""

    aborted: bool = False


class TurnBegan(_Signal, frozen=True):
    """A model call and what it leads to begins."""


class TurnEnded(_Signal, frozen=True):
    """The tools of a turn are done."""


class RequestBegan(_Signal, frozen=True, kw_only=True):
    """A model is asked.

    Attributes:
        identity: whom the request belongs to.
        span_id: its span; empty to have one derived from the leaf.
        model: who is asked.
        attempt: 1, or more for a repetition.
        turn: number of the turn in its run from 0, as others may have been told.
        purpose: ``chat`` for the conversation.
        leaf_id: the session entry that it answers.
    """

    identity: Identity
    span_id: str = ""
    model: ModelFacts = ModelFacts()
    attempt: int = 1
    turn: int | None = None
    purpose: str = "chat"
    leaf_id: str = ""


class ResponseBegan(_Signal, frozen=True):
    """The provider's status and headers are there."""

    status: int
    ids: dict[str, str] = {}


class FirstToken(_Signal, frozen=True):
    """The first piece of the answer is there."""


class Heard(_Signal, frozen=True):
    """The conversation got a message that is not the model's, in the form of the conventions."""

    message: str
    system: bool = False


class Answered(_Signal, frozen=True, kw_only=True):
    """The model's message is complete.

    Attributes:
        answer: how it ended.
        request: what is known of the request if nobody told of its beginning.
    """

    answer: Answer
    request: RequestBegan


class ToolBegan(_Signal, frozen=True, kw_only=True):
    """A tool starts."""

    call_id: str
    name: str
    parent_call_id: str | None = None
    arguments: str | None = None


class ToolEnded(_Signal, frozen=True, kw_only=True):
    """A tool is done."""

    call_id: str
    name: str
    failed: bool = False
    duration: int | None = None
    result: str | None = None


class SummaryBegan(_Signal, frozen=True, kw_only=True):
    """pi is about to sum up what is too long or left behind."""

    kind: Summary
    identity: Identity
    model: ModelFacts = ModelFacts()
    leaf_id: str = ""
    reason: str = ""


class SummaryEnded(_Signal, frozen=True, kw_only=True):
    """The summary is there, or will not come.

    Attributes:
        kind: what it is a summary for.
        usage: what it cost; ``None`` if unknown.
        tokens_before: length of what was summed up, tokens.
        failure: why there is none; empty for none without a reason.
        by_extension: whether an extension wrote it, without a call of pi's.
        none: whether none was wanted after all.
    """

    kind: Summary
    usage: Usage | None = None
    tokens_before: int | None = None
    failure: str | None = None
    by_extension: bool = False
    none: bool = False


class Spent(_Signal, frozen=True, kw_only=True):
    """A call that nobody saw was paid for, such as one that keeps the provider's cache warm."""

    identity: Identity
    model: ModelFacts
    purpose: str
    usage: Usage
    leaf_id: str = ""


class SessionEnded(_Signal, frozen=True):
    """The session is left; whatever is open stays as it is.

    Attributes:
        began: when the session began that was taken up again, as its file says.
    """

    began: int | None = None


Signal: TypeAlias = (
    SessionBegan
    | RunAnnounced
    | RunBegan
    | RunEnded
    | RunSettled
    | TurnBegan
    | TurnEnded
    | RequestBegan
    | ResponseBegan
    | FirstToken
    | Heard
    | Answered
    | ToolBegan
    | ToolEnded
    | SummaryBegan
    | SummaryEnded
    | Spent
    | SessionEnded
)
