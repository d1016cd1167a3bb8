"""The life of a session and of its tree of entries.

Written by codegen/sync.py; do not edit.
"""

from typing import ClassVar

import msgspec

from pi_host._base import Answer, Event
from pi_host.events._types import (
    BranchSummaryEntry,
    CompactionEntry,
    CompactionPreparationHandle,
    CompactionResult,
    SessionBeforeCompactReason,
    SessionBeforeForkPosition,
    SessionBeforeSwitchReason,
    SessionBeforeTreeSummary,
    SessionCompactFailedReason,
    SessionCompactReason,
    SessionEntryListHandle,
    SessionShutdownReason,
    SessionStartReason,
    TreePreparationHandle,
)

__all__ = [
    "SessionBeforeCompactAnswer",
    "SessionBeforeCompactEvent",
    "SessionBeforeForkAnswer",
    "SessionBeforeForkEvent",
    "SessionBeforeSwitchAnswer",
    "SessionBeforeSwitchEvent",
    "SessionBeforeTreeAnswer",
    "SessionBeforeTreeEvent",
    "SessionCompactEvent",
    "SessionCompactFailedEvent",
    "SessionInfoChangedEvent",
    "SessionShutdownEvent",
    "SessionStartEvent",
    "SessionTreeEvent",
]


class SessionStartEvent(Event, kw_only=True):
    """A session is ready for use.

    Attributes:
        reason: What led to this session.
        previous_session_file: The session file in use before; only for a new, resumed or forked session.
    """

    name: ClassVar[str] = "session_start"

    reason: SessionStartReason
    previous_session_file: str | None = None


class SessionInfoChangedEvent(Event, kw_only=True):
    """The session got another name, or lost its name.

    Attributes:
        session_name: The new name; ``None`` when it was cleared.
    """

    name: ClassVar[str] = "session_info_changed"

    session_name: str | None = msgspec.field(default=None, name="name")


class SessionBeforeSwitchEvent(Event, kw_only=True):
    """The session is about to be left for a new or another one.

    Attributes:
        reason: Whether a new session begins or an existing one is opened.
        target_session_file: The session file to open; absent for a new session.
    """

    name: ClassVar[str] = "session_before_switch"

    reason: SessionBeforeSwitchReason
    target_session_file: str | None = None


class SessionBeforeSwitchAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``session_before_switch``.

    Attributes:
        cancel: Stay in the present session.
    """

    cancel: bool | None = None


class SessionBeforeForkEvent(Event, kw_only=True):
    """The user is about to fork the session at one of its entries.

    Attributes:
        entry_id: The entry to fork at.
        position: Whether the fork keeps that entry (``at``) or ends before it (``before``).
    """

    name: ClassVar[str] = "session_before_fork"

    entry_id: str
    position: SessionBeforeForkPosition


class SessionBeforeForkAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``session_before_fork``.

    Attributes:
        cancel: Do not fork.
        skip_conversation_restore: Reserved by pi; without effect so far.
    """

    cancel: bool | None = None
    skip_conversation_restore: bool | None = None


class SessionBeforeCompactEvent(Event, kw_only=True):
    """Older messages are about to be replaced by a summary.

    Attributes:
        preparation: What would be summarised and what would be kept.
        branch_entries: All entries of the present branch.
        custom_instructions: What the user asked the summary to dwell on.
        reason: Why pi compacts. Since pi 0.79.10.
        will_retry: Whether the interrupted turn is tried again afterwards. Since pi 0.79.10.
    """

    name: ClassVar[str] = "session_before_compact"

    preparation: CompactionPreparationHandle
    branch_entries: SessionEntryListHandle
    custom_instructions: str | None = None
    reason: SessionBeforeCompactReason | None = None
    will_retry: bool | None = None


class SessionBeforeCompactAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``session_before_compact``.

    Attributes:
        cancel: Do not compact.
        compaction: A finished compaction to use in place of pi's own summary.
    """

    cancel: bool | None = None
    compaction: CompactionResult | None = None


class SessionCompactEvent(Event, kw_only=True):
    """A compaction has been written to the session.

    Attributes:
        compaction_entry: The new entry.
        from_extension: Whether an extension supplied the summary.
        reason: Why pi compacted. Since pi 0.79.10.
        will_retry: Whether the interrupted turn is tried again now. Since pi 0.79.10.
    """

    name: ClassVar[str] = "session_compact"

    compaction_entry: CompactionEntry
    from_extension: bool
    reason: SessionCompactReason | None = None
    will_retry: bool | None = None


class SessionCompactFailedEvent(Event, kw_only=True):
    """A compaction failed or was stopped.

    Attributes:
        reason: Why pi tried to compact.
        error_message: What went wrong; absent when it was stopped.
        aborted: Whether it was stopped or cancelled.
        will_retry: Whether the interrupted turn would have been tried again.
        from_extension: Whether an extension supplied the summary that failed.
    """

    name: ClassVar[str] = "session_compact_failed"

    reason: SessionCompactFailedReason
    error_message: str | None = None
    aborted: bool
    will_retry: bool
    from_extension: bool


class SessionShutdownEvent(Event, kw_only=True):
    """The session is about to be torn down.

    Attributes:
        reason: Why the session ends.
        target_session_file: The session file that comes next, if any.
    """

    name: ClassVar[str] = "session_shutdown"

    reason: SessionShutdownReason
    target_session_file: str | None = None


class SessionBeforeTreeEvent(Event, kw_only=True):
    """The user is about to move to another point of the session tree.

    Attributes:
        preparation: Where the move goes and what would be summarised.
    """

    name: ClassVar[str] = "session_before_tree"

    preparation: TreePreparationHandle


class SessionBeforeTreeAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``session_before_tree``.

    Attributes:
        cancel: Do not move.
        summary: A finished summary; used only when the user wants one.
        custom_instructions: What the summary shall dwell on.
        replace_instructions: Whether these instructions replace pi's own instead of being added.
        label: A label for the summary entry.
    """

    cancel: bool | None = None
    summary: SessionBeforeTreeSummary | None = None
    custom_instructions: str | None = None
    replace_instructions: bool | None = None
    label: str | None = None


class SessionTreeEvent(Event, kw_only=True):
    """The session moved to another point of its tree.

    Attributes:
        new_leaf_id: The entry the session stands at now; ``None`` at the root.
        old_leaf_id: The entry it stood at before; ``None`` at the root.
        summary_entry: The summary of the branch left behind, if one was made.
        from_extension: Whether an extension supplied that summary.
    """

    name: ClassVar[str] = "session_tree"

    new_leaf_id: str | None = None
    old_leaf_id: str | None = None
    summary_entry: BranchSummaryEntry | None = None
    from_extension: bool | None = None
