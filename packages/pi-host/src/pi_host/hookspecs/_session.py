"""The life of a session and of its tree of entries.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        SessionBeforeCompactAnswer,
        SessionBeforeCompactEvent,
        SessionBeforeForkAnswer,
        SessionBeforeForkEvent,
        SessionBeforeSwitchAnswer,
        SessionBeforeSwitchEvent,
        SessionBeforeTreeAnswer,
        SessionBeforeTreeEvent,
        SessionCompactEvent,
        SessionCompactFailedEvent,
        SessionInfoChangedEvent,
        SessionShutdownEvent,
        SessionStartEvent,
        SessionTreeEvent,
    )

__all__ = ["SessionHooks"]


class SessionHooks:
    """The life of a session and of its tree of entries."""

    @hookspec
    def session_start(self, event: SessionStartEvent, ctx: Context) -> Reply[None]:
        '''A session is ready for use.

        When: At start, after a reload, and after every change to another session; more than once for one session.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionStartEvent

            seen: list[str] = []


            @hookimpl
            def session_start(event: SessionStartEvent) -> None:
                """Remember how each session of this process began."""
                seen.append(event.reason)
            ```
        '''

    @hookspec
    def session_info_changed(self, event: SessionInfoChangedEvent, ctx: Context) -> Reply[None]:
        '''The session got another name, or lost its name.

        When: After the change.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins.

        Since pi 0.80.3.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import SessionInfoChangedEvent


            @hookimpl
            def session_info_changed(event: SessionInfoChangedEvent) -> None:
                """Log the new name."""
                logging.getLogger(__name__).info("session is now called %r", event.session_name)
            ```
        '''

    @hookspec
    def session_before_switch(self, event: SessionBeforeSwitchEvent, ctx: Context) -> Reply[SessionBeforeSwitchAnswer]:
        '''The session is about to be left for a new or another one.

        When: Before anything is torn down.

        Answers: The last answer replaces the earlier ones as a whole; ``cancel=True`` ends the round at once.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionBeforeSwitchAnswer, SessionBeforeSwitchEvent


            @hookimpl
            def session_before_switch(event: SessionBeforeSwitchEvent) -> SessionBeforeSwitchAnswer | None:
                """Stay away from archived sessions."""
                if "/archive/" in (event.target_session_file or ""):
                    return SessionBeforeSwitchAnswer(cancel=True)
                return None
            ```
        '''

    @hookspec
    def session_before_fork(self, event: SessionBeforeForkEvent, ctx: Context) -> Reply[SessionBeforeForkAnswer]:
        '''The user is about to fork the session at one of its entries.

        When: Before the new session file is written.

        Answers: The last answer replaces the earlier ones as a whole; ``cancel=True`` ends the round at once.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionBeforeForkAnswer, SessionBeforeForkEvent


            @hookimpl
            def session_before_fork(event: SessionBeforeForkEvent) -> SessionBeforeForkAnswer | None:
                """Allow forks before a message only."""
                return SessionBeforeForkAnswer(cancel=True) if event.position == "at" else None
            ```
        '''

    @hookspec
    def session_before_compact(
        self, event: SessionBeforeCompactEvent, ctx: Context
    ) -> Reply[SessionBeforeCompactAnswer]:
        '''Older messages are about to be replaced by a summary.

        When: Before the summary is made, by command or because the context is full.

        Answers: The last answer replaces the earlier ones as a whole; ``cancel=True`` ends the round at once.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionBeforeCompactAnswer, SessionBeforeCompactEvent


            @hookimpl
            def session_before_compact(event: SessionBeforeCompactEvent) -> SessionBeforeCompactAnswer | None:
                """Compact only when a person asked for it, or when there is no other way."""
                return SessionBeforeCompactAnswer(cancel=True) if event.reason == "threshold" else None
            ```
        '''

    @hookspec
    def session_compact(self, event: SessionCompactEvent, ctx: Context) -> Reply[None]:
        '''A compaction has been written to the session.

        When: After it was written.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import SessionCompactEvent


            @hookimpl
            def session_compact(event: SessionCompactEvent) -> None:
                """Log how large the context had grown."""
                logging.getLogger(__name__).info("compacted at %d tokens", event.compaction_entry["tokensBefore"])
            ```
        '''

    @hookspec
    def session_compact_failed(self, event: SessionCompactFailedEvent, ctx: Context) -> Reply[None]:
        '''A compaction failed or was stopped.

        When: Instead of ``session_compact``.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.84.3.

        Example:
            ```python
            import logging

            from pi_host import hookimpl
            from pi_host.events import SessionCompactFailedEvent


            @hookimpl
            def session_compact_failed(event: SessionCompactFailedEvent) -> None:
                """Log failures, not what the user stopped."""
                if not event.aborted:
                    logging.getLogger(__name__).warning("compaction failed: %s", event.error_message)
            ```
        '''

    @hookspec
    def session_shutdown(self, event: SessionShutdownEvent, ctx: Context) -> Reply[None]:
        '''The session is about to be torn down.

        When: On quit, reload and every change of session; pi waits without a limit of its own.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionShutdownEvent

            notes: list[str] = []


            @hookimpl
            def session_shutdown(event: SessionShutdownEvent) -> None:
                """Forget what belongs to this session, unless the plugins are only reloaded."""
                if event.reason != "reload":
                    notes.clear()
            ```
        '''

    @hookspec
    def session_before_tree(self, event: SessionBeforeTreeEvent, ctx: Context) -> Reply[SessionBeforeTreeAnswer]:
        '''The user is about to move to another point of the session tree.

        When: Before the move, and before a summary of the branch left behind is made.

        Answers: The last answer replaces the earlier ones as a whole; ``cancel=True`` ends the round at once.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionBeforeTreeAnswer


            @hookimpl
            def session_before_tree() -> SessionBeforeTreeAnswer:
                """Say what every branch summary shall contain."""
                return SessionBeforeTreeAnswer(custom_instructions="Name every file that was changed.")
            ```
        '''

    @hookspec
    def session_tree(self, event: SessionTreeEvent, ctx: Context) -> Reply[None]:
        '''The session moved to another point of its tree.

        When: After the move.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import SessionTreeEvent

            moves: list[tuple[str | None, str | None]] = []


            @hookimpl
            def session_tree(event: SessionTreeEvent) -> None:
                """Keep the way through the tree."""
                moves.append((event.old_leaf_id, event.new_leaf_id))
            ```
        '''
