"""pi in memory: tests of a plugin that take milliseconds.

Registration, dispatch, merging, deadlines and failures are those of pi-host itself; only pi is played. Three things
are left to tests with real pi: that the model's arguments fit a tool's schema, what pi does with an answer, and that a
plugin which blocks the thread is interrupted.
"""

from __future__ import annotations

import traceback
import weakref
from typing import TYPE_CHECKING, Any

import msgspec

from pi_host import PiHostError
from pi_host.testing import Config, blocks, encode, log
from pi_testkit._fake_calls import CALLS, Errand
from pi_testkit._fake_events import crossing
from pi_testkit._fake_facts import FakeFacts
from pi_testkit._fake_host import FakeHost
from pi_testkit._fake_loop import FakeLoop
from pi_testkit._fake_records import Fired, Notice, Recorded, ToolRun
from pi_testkit._fake_ui import FakeUI, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from typing import Self

    from pi_host.testing import Facts, Outcome, Request
    from pi_testkit._fake_ui import Person

__all__ = ["FakePi", "FakeUI", "Fired", "Notice", "Recorded", "ToolRun", "UnansweredError"]


class FakePi(FakeFacts):
    '''An in-memory pi with plugins. Close it, or use it as a context manager; the fixture ``fake_pi`` does so.

    Example::

        GATE = """
        from pi_host import Block, hookimpl

        @hookimpl
        async def tool_call(event, ctx):
            if "rm" in event.input["command"] and not await ctx.ui.confirm("Sure?"):
                return Block("the user said no")
        """

        def test_a_no_blocks(fake_pi: FakePiFactory) -> None:
            pi = fake_pi(GATE)
            pi.ui.answer(confirm=False)
            fired = pi.fire("tool_call", toolName="bash", input={"command": "rm -rf x"})
            assert fired.answer == {"block": True, "reason": "the user said no"}

    Args:
        plugins: modules, objects, paths of files, or source text. A module or file has its own name, an object that of
            its class, source text ``plugin1``, ``plugin2`` and so on by position.
        version: version of pi that is played; events it does not have can't be fired.
        config: what would stand in ``pi-host.toml``, options of plugins included.
        ui: how dialogs are answered, as for ``ui.answer``.

    Attributes:
        ui: answers dialogs.
        calls: every call that plugins made, in order.
        problems: every failure that the user would have been told about.
        notices: the notices that were shown.
        statuses: the lines in the footer, by key.
        widgets: the lines of widgets, by key.
        sent_messages: messages that plugins added to the conversation.
        user_messages: prompts that plugins sent.
        entries: the entries of the session, oldest first; more may be put in.
        labels: labels of entries, by id.
        tools: what the plugins offer the model, as declared to pi, by name.

    Raises:
        pi_host.PiHostError: a plugin can't be registered; the message says which and why.
    '''

    def __init__(
        self,
        *plugins: object,
        version: str = "1.5.2",
        config: Mapping[str, Any] | None = None,
        ui: Mapping[str, Person] | None = None,
    ) -> None:
        self._version = version
        self._host = FakeHost(plugins, msgspec.convert(config or {}, Config), version)
        self._loop = FakeLoop()
        self._finalizer = weakref.finalize(self, self._loop.close)
        desk = self._host.desk
        self.ui = desk.ui
        self.calls = desk.calls
        self.problems = self._host.problems
        self.notices = desk.notices
        self.statuses = desk.statuses
        self.widgets = desk.widgets
        self.sent_messages = desk.sent_messages
        self.user_messages = desk.user_messages
        self.entries = desk.entries
        self.labels = desk.labels
        self.tools = desk.tools
        self.ui.answer(**(ui or {}))

    @property
    def facts(self) -> Facts:
        """The facts about the session under pi's own keys, as plugins get them with the next event."""
        return self._host.runtime.facts

    def fire(self, event: str, /, **fields: Any) -> Fired:
        """Let an event happen and wait until the plugins have answered it.

        Args:
            event: pi's name of the event, such as ``"tool_call"``.
            fields: its fields, in pi's spelling (``toolName``) or Python's (``tool_name``). Needed ones that are
                missing are empty. What stays in pi, such as the messages of ``context``, is given here in full.

        Returns:
            What the plugins made of it.

        Raises:
            LookupError: this pi has no such event.
            TypeError: the event has no such field.
            msgspec.ValidationError: a field has a value of another type than pi sends.
            UnansweredError: a plugin asked something that the test gave no answer to.
        """
        return self._loop.run(self.afire(event, **fields))

    async def afire(self, event: str, /, **fields: Any) -> Fired:
        """As :meth:`fire`, in the running event loop."""
        crossed = crossing(event, fields, self._version)
        payload = encode(crossed.payload())
        runtime, problems = self._host.runtime, len(self.problems)

        def work(request: Request, abandon: Callable[[Outcome], None]) -> Awaitable[Outcome]:
            return runtime.event(event, payload, request, abandon)

        suspends, awaited = runtime.suspends(event), crossed.info.awaited
        done = await self._host.run(work, Errand(crossed), suspends=suspends, cancel=False, awaited=awaited)
        outcome = done.result()
        return crossed.close(outcome.answer, outcome.failure, self.problems[problems:])

    def call_tool(self, name: str, /, **arguments: Any) -> ToolRun:
        """Call a tool as the model would. No ``tool_call`` or ``tool_result`` event goes with it.

        Args:
            name: the tool's name.
            arguments: its arguments. pi checks them against the tool's schema before; here the types are checked.

        Returns:
            What came of it; a tool that raises is an error that the model reads, here as in pi.

        Raises:
            LookupError: no plugin has such a tool.
            UnansweredError: the tool asked something that the test gave no answer to.
        """
        return self._loop.run(self.acall_tool(name, **arguments))

    async def acall_tool(self, name: str, /, **arguments: Any) -> ToolRun:
        """As :meth:`call_tool`, in the running event loop."""
        runtime, errand = self._host.runtime, Errand()
        _check_known("tool", name, self._host.registry.tools)
        payload = encode({"callId": "call-1", "params": arguments})
        done = await self._host.run(lambda request, _: runtime.tool(name, payload, request), errand)
        error = done.exception()
        if error is None:
            return ToolRun(done.result(), is_error=False, progress=errand.progress)
        log("".join(traceback.format_exception(error)).rstrip())
        text = str(error) if isinstance(error, PiHostError) else f"{type(error).__name__}: {error}"
        return ToolRun({"content": blocks(text)}, is_error=True, progress=errand.progress)

    def run_command(self, name: str, args: str = "") -> None:
        """Run a command as if the user had typed ``/name args``.

        Args:
            name: the command's name.
            args: what is typed after it.

        Raises:
            LookupError: no plugin has such a command.
            UnansweredError: the command asked something that the test gave no answer to.
            Exception: whatever the command raises; pi shows it to the user.
        """
        self._loop.run(self.arun_command(name, args))

    async def arun_command(self, name: str, args: str = "") -> None:
        """As :meth:`run_command`, in the running event loop."""
        runtime = self._host.runtime
        _check_known("command", name, self._host.registry.commands)
        payload = encode({"args": args})
        (await self._host.run(lambda request, _: runtime.command(name, payload, request), Errand())).result()

    def complete(self, name: str, prefix: str = "") -> list[dict[str, Any]]:
        """Ask for the arguments that a command proposes.

        Args:
            name: the command's name.
            prefix: what was typed after it so far.

        Returns:
            The proposals in pi's form, each with ``value`` and ``label``; none if the command proposes nothing.

        Raises:
            LookupError: no plugin has such a command.
            Exception: whatever the plugin's function raises; pi then shows no proposals.
        """
        runtime = self._host.runtime
        _check_known("command", name, self._host.registry.commands)
        payload = encode({"prefix": prefix})
        return self._loop.run(self._host.run(lambda *_: runtime.complete(name, payload), Errand())).result()

    def answer(self, method: str, reply: object) -> None:
        """Say what pi gives back when plugins make a call, in place of what the in-memory pi would give.

        Args:
            method: the call, such as ``"pi.exec"``, which has no answer otherwise.
            reply: the answer as JSON data, or a function that gets the arguments and gives the answer; it may be async,
                and may raise ``CallRefusedError`` as pi would.

        Raises:
            LookupError: there is no such call.
        """
        _check_known("call", method, CALLS)
        self._host.desk.replies[method] = reply

    def abort(self) -> None:
        """Abort as the user does with Escape: what is going on, or else what comes next.

        Events are told by ``ctx.signal``; tools and commands are cancelled. May be called from any thread, and from
        functions that answer dialogs and calls.
        """
        self._host.abort()

    def replace_session(self) -> None:
        """Begin a new session without entries. Calls that go through contexts of the old one are refused from now on.

        No event goes with it.
        """
        self._host.replace_session()

    def close(self) -> None:
        """Cancel what plugins left running. A second call does nothing."""
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _check_known(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise LookupError(f"there is no {kind} {name!r}; there are: {', '.join(known) or 'none'}")
