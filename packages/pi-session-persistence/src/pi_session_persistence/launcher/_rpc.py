"""A conversation with a pi in mode ``rpc``."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.launcher._events import record_of, told

if TYPE_CHECKING:
    from pi_session_persistence.launcher._process import Child
    from pi_session_persistence.launcher._program import Program
    from pi_session_persistence.launcher._settings import Options

__all__ = ["Talk"]

#: Between two looks at a pi that does not say that it is done, in seconds.
_LOOK_S: Final = 0.25

#: After so many looks at a pi that is idle, what it was given and is nowhere is lost.
_LOOKS: Final = 20

_DIALOGS: Final = frozenset({"select", "confirm", "input", "editor"})


class Talk:
    """Sends commands to pi and follows what it does.

    Attributes:
        ran: whether pi began a run.
    """

    def __init__(self, child: Child, program: Program, options: Options, external_id: str) -> None:
        self.ran = False
        self._child = child
        self._announces = program.announces
        self._options = options
        self._external_id = external_id
        self._ids = itertools.count(1)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._given: deque[asyncio.Future[bool]] = deque()
        self._over = asyncio.Event()
        self._retries = False
        self._reading = asyncio.ensure_future(self._read())

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return what pi's response carries.

        Raises:
            PersistenceError: pi refused it, or ended.
        """
        number = f"run-{next(self._ids)}"
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        if self._reading.done():
            self._lose()
        await self._child.write(msgspec.json.encode({"type": command, "id": number, **fields}) + b"\n")
        response = await answer
        if not response.get("success"):
            raise PersistenceError(f"pi refused {command!r}: {response.get('error')}")
        data = response.get("data")
        return data if isinstance(data, dict) else {}

    async def give(self, prompt: str) -> bool:
        """Give pi a prompt, at once or into the run that goes on; tell whether it is in the session.

        Raises:
            PersistenceError: pi refused it, or ended.
        """
        stored = await self.send(prompt)
        return stored is not None and await stored

    async def send(self, prompt: str) -> asyncio.Future[bool] | None:
        """Give pi a prompt; the future is done when it is in the session. ``None`` if it was a command.

        Raises:
            PersistenceError: pi refused it, or ended.
        """
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._given.append(stored)
        try:
            data = await self.ask("prompt", message=prompt, streamingBehavior="steer")
            handled = data["disposition"] == "handled" if "disposition" in data else await self._is_idle()
        except PersistenceError:
            self._forget(stored)
            raise
        if handled and not stored.done():
            self._forget(stored)
            return None
        return stored

    async def settle(self) -> None:
        """Wait until pi won't go on by itself, and has put what it was given into the session."""
        over, looks = False, 0
        while not self._reading.done():
            if await self._is_idle():
                if not self._given:
                    return
                looks += over
                if looks > _LOOKS:
                    self._lose_given()
                    return
            over = await self._is_over() or over

    async def close(self) -> int:
        """End pi as it wants to be ended, and return its exit code."""
        self._child.close_stdin()
        code = await self._child.wait()
        await self._reading
        return code

    async def _is_idle(self) -> bool:
        try:
            state = await self.ask("get_state")
        except PersistenceError:
            return self._reading.done()
        goes_on = state.get("isStreaming") or state.get("isCompacting") or state.get("pendingMessageCount")
        return not goes_on and not self._retries

    async def _is_over(self) -> bool:
        """Wait a little for the end of a run, and tell whether there was one."""
        try:
            async with asyncio.timeout(_LOOK_S):
                await self._over.wait()
        except TimeoutError:
            return False
        self._over.clear()
        return True

    async def _read(self) -> None:
        async for line in self._child.lines():
            record = record_of(line)
            if record is not None:
                await self._on_record(record)
        self._lose()

    async def _on_record(self, record: dict[str, Any]) -> None:
        kind = record.get("type")
        if kind == "response":
            waiting = self._asked.pop(str(record.get("id")), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(record)
            return
        if kind == "extension_ui_request" and record.get("method") in _DIALOGS:
            # Nobody is there to answer.
            answer = {"type": "extension_ui_response", "id": record.get("id"), "cancelled": True}
            await self._child.write(msgspec.json.encode(answer) + b"\n")
        self._follow(kind, record)
        told(record, self._external_id, self._options.on_event)

    def _follow(self, kind: object, record: dict[str, Any]) -> None:
        message = record.get("message")
        if kind == "message_end" and isinstance(message, dict) and message.get("role") == "user" and self._given:
            self._resolve(self._given.popleft(), stored=True)
        elif kind == "agent_start":
            self.ran, self._retries = True, False
        elif kind == "auto_retry_start":
            self._retries = True
        elif kind == "auto_retry_end":
            self._retries = False
        elif kind == "compaction_end":
            self._retries = bool(record.get("willRetry"))
        elif kind == ("agent_settled" if self._announces else "agent_end"):
            self._over.set()

    def _lose(self) -> None:
        """pi is gone: nobody needs to wait any more."""
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_result({"success": False, "error": "pi has ended"})
        self._asked.clear()
        self._lose_given()
        self._over.set()

    def _lose_given(self) -> None:
        for given in self._given:
            self._resolve(given, stored=False)
        self._given.clear()

    def _forget(self, given: asyncio.Future[bool]) -> None:
        with contextlib.suppress(ValueError):
            self._given.remove(given)

    @staticmethod
    def _resolve(given: asyncio.Future[bool], *, stored: bool) -> None:
        if not given.done():
            given.set_result(stored)
