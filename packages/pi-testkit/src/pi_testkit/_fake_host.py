"""The host's side of an in-memory pi: pi-host's own registry, runtime and ledger, with a link that stays in here."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pi_host import PiHostError
from pi_host.testing import InFlight, Mark, Reporter, Request, Runtime, Signal
from pi_testkit._fake_calls import Desk, Errand
from pi_testkit._fake_facts import first_facts
from pi_testkit._fake_link import FakeLink
from pi_testkit._fake_plugins import registered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_host.testing import Config

__all__ = ["FakeHost"]

T = TypeVar("T")

#: Does one thing and gives back what came of it, or says so earlier by the function it is given.
Work: TypeAlias = Callable[[Request, Callable[[T], None]], Awaitable[T]]


class FakeHost:
    """Runs plugins.

    Args:
        plugins: where they come from.
        config: their options.
        version: version of pi.

    Attributes:
        registry: the plugins.
        runtime: runs them.
        desk: does what they ask pi for.
        problems: what the user was told.
    """

    def __init__(self, plugins: Sequence[object], config: Config, version: str) -> None:
        self.registry = registered(plugins, config, version)
        self.desk = Desk(lambda: self.runtime.facts, self._abort_ongoing)
        self.problems: list[str] = []
        self._link = FakeLink(self.desk)
        self._reporter = Reporter(lambda _level, text: self.problems.append(text))
        self.runtime = Runtime(self.registry, config, self._link, self._reporter, Mark())
        flags = {name: flag.default for name, (_, flag) in self.registry.flags.items()}
        self.runtime.facts = first_facts(version, flags)
        self.desk.tools = {name: tool.declaration() for name, (_, tool) in self.registry.tools.items()}
        self.desk.commands = {
            name: {"name": name, "description": command.description, "source": "extension"}
            for name, (_, command) in self.registry.commands.items()
        }
        self.desk.active_tools = [*self.desk.tools]
        self._inflight = InFlight()
        self._numbers = itertools.count(1)
        self._ongoing: dict[int, bool] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._abort_next = False

    async def run(
        self, work: Work[T], errand: Errand, *, suspends: bool = True, cancel: bool = True, awaited: bool = True
    ) -> asyncio.Future[T]:
        """Do one thing as the host would do it for the bridge.

        Args:
            work: does it.
            errand: what it leaves in pi.
            suspends: whether it may have to wait for something.
            cancel: whether an abort ends it; events are only told.
            awaited: whether pi waits for it; what it does not wait for has no request id.

        Returns:
            What came of it, done: a value, or what the plugin raised.

        Raises:
            Exception: what the test did wrong, such as leaving a dialog unanswered.
        """
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = self._loop.create_future()
        number, signal = next(self._numbers), Signal()
        request = Request(number if awaited else 0, signal)
        self._link.errands[request.id], self._ongoing[number] = errand, cancel
        # Each failure is told for each event, not once per session: tests look at one event at a time.
        self._reporter.forget()
        self.runtime.facts["leafId"] = self.desk.leaf_id
        begun = _answer(work, request, done)
        # From a callback, because the host starts its work outside of any task.
        self._loop.call_soon(partial(self._inflight.start, number, signal, begun, suspends=suspends))
        if self._abort_next:
            self._abort_next = False
            signal.abort()
            self._abort_ongoing()
        try:
            await asyncio.wait([done])
        finally:
            del self._ongoing[number]
            self._link.errands.pop(request.id, None)  # events without a request id share one
        done.exception()  # asyncio would complain about one that nobody looked at
        self._link.raise_misuse()
        return done

    def abort(self) -> None:
        """Abort what is going on, or else what comes next."""
        if self._ongoing:
            self._abort_ongoing()
        else:
            self._abort_next = True

    def replace_session(self) -> None:
        """Begin a new session: contexts of the old one are stale from now on."""
        facts = self.runtime.facts
        generation = facts["generation"] + 1
        # A new dict, because contexts of the old session go on seeing that one's facts.
        new = {"generation": generation, "sessionId": f"session-{generation}", "sessionFile": None, "sessionName": None}
        self.runtime.facts = facts | new
        self.desk.entries.clear()
        self.desk.labels.clear()

    def _abort_ongoing(self) -> None:
        for number, cancel in list(self._ongoing.items()):
            if self._loop is not None:  # it is set by the time anything is going on; this may be any thread
                self._loop.call_soon_threadsafe(partial(self._inflight.abort, number, cancel=cancel))


async def _answer(work: Work[T], request: Request, done: asyncio.Future[T]) -> None:
    def finish(value: T) -> None:
        if not done.done():
            done.set_result(value)

    try:
        finish(await work(request, finish))
    except asyncio.CancelledError:
        _fail(done, PiHostError("aborted"))
    except BaseException as error:  # noqa: BLE001 - pytest's own outcomes too: they are for whoever waits
        _fail(done, error)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)
