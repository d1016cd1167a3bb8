"""The link between plugins and an in-memory pi: it records what is asked and lets the desk answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pi_host import CallRefusedError, StaleSessionError
from pi_host.testing import decode, encode
from pi_testkit._fake_calls import Errand
from pi_testkit._fake_records import Recorded

if TYPE_CHECKING:
    from pi_testkit._fake_calls import Desk

__all__ = ["FakeLink"]


class FakeLink:
    """A :class:`pi_host._link.Link` that stays in this process.

    Args:
        desk: does what plugins ask for.

    Attributes:
        errands: what is going on, by request id.
    """

    def __init__(self, desk: Desk) -> None:
        self.errands: dict[int, Errand] = {}
        self._desk = desk
        self._misuse: BaseException | None = None

    async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
        """See ``Link``."""
        if generation != self._desk.facts()["generation"]:
            raise StaleSessionError("the session has been replaced")
        call = self._record(method, params)
        await asyncio.sleep(0)  # a real call always lets others run meanwhile
        try:
            return decode(encode(await self._desk.reply(call, self._errand(request))))
        except CallRefusedError:
            raise
        except Exception as error:
            # The test is at fault here, not the plugin, whose failures would be swallowed or end up as answers.
            self._misuse = self._misuse or error
            raise CallRefusedError(str(error)) from error

    def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
        """See ``Link``."""
        if generation == self._desk.facts()["generation"]:
            self._desk.do(self._record(method, params), self._errand(request))

    def raise_misuse(self) -> None:
        """Raise what the test did wrong since this was last called, if anything."""
        if self._misuse is not None:
            misuse, self._misuse = self._misuse, None
            raise misuse

    def _record(self, method: str, params: dict[str, Any]) -> Recorded:
        # As JSON, so that a plugin neither sends what can't cross nor changes what the test reads.
        call = Recorded(method, decode(encode(params)))
        self._desk.calls.append(call)
        return call

    def _errand(self, request: int) -> Errand:
        return self.errands.get(request) or Errand()
