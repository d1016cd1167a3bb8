"""What a hook implementation, tool or command can ask pi and tell pi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pi_host._pi import Pi
from pi_host._session import Session
from pi_host._ui import UI

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from pi_host._deadline import Clock
    from pi_host._link import Link

__all__ = ["Context", "Facts", "Mode", "Signal"]

Mode: TypeAlias = Literal["tui", "rpc", "json", "print"]

#: What the bridge told about the session so far, under its own keys; kept current by every frame.
Facts: TypeAlias = dict[str, Any]


class Signal:
    """pi's abort signal as it concerns one event, tool or command."""

    __slots__ = ("_aborted", "_event")

    def __init__(self) -> None:
        self._aborted = False
        self._event: asyncio.Event | None = None

    @property
    def aborted(self) -> bool:
        """Whether the user or pi aborted the run."""
        return self._aborted

    async def wait(self) -> None:
        """Return when the run is aborted."""
        import asyncio  # noqa: PLC0415  # a unit test of a plugin may never wait for anything

        if self._event is None:
            self._event = asyncio.Event()
        if self._aborted:
            self._event.set()
        await self._event.wait()

    def abort(self) -> None:
        """Mark the run as aborted; the host calls this when pi says so."""
        self._aborted = True
        if self._event is not None:
            self._event.set()


class Context:
    """One plugin's view of pi during one event, tool call or command.

    It may be kept and used later: calls are refused with ``StaleSessionError`` once the session has been replaced.

    Attributes:
        plugin: name of the plugin it was made for.
        signal: pi's abort signal for what is going on.
        options: the table ``[plugins.<name>]`` of ``pi-host.toml``, as plain data.
    """

    __slots__ = ("_clock", "_facts", "_generation", "_link", "_request", "options", "plugin", "signal")

    def __init__(  # noqa: PLR0913  # made in one place only; each is a different thing
        self,
        link: Link,
        facts: Facts,
        *,
        plugin: str,
        options: Mapping[str, Any],
        signal: Signal,
        request: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self._link = link
        self._facts = facts
        self._generation: int = facts.get("generation", 0)
        self._request = request
        self._clock = clock
        self.plugin = plugin
        self.options = options
        self.signal = signal

    @property
    def mode(self) -> Mode:
        """How pi runs: in a terminal, over RPC, or one-shot as text or JSON. pi 0.74.2 tells a terminal or not."""
        mode: Mode = self._facts.get("mode", "print")
        return mode

    @property
    def has_ui(self) -> bool:
        """Whether somebody can answer a dialog."""
        return bool(self._facts.get("hasUI", False))

    @property
    def cwd(self) -> str:
        """The session's working directory."""
        return str(self._facts.get("cwd", ""))

    @property
    def trusted(self) -> bool:
        """Whether pi trusts the project; always ``False`` on pi 0.74.2, which does not know trust."""
        return bool(self._facts.get("trusted", False))

    @property
    def model(self) -> Mapping[str, Any] | None:
        """The current model as pi describes it (``provider``, ``id``, ``contextWindow`` in tokens ...)."""
        model: Mapping[str, Any] | None = self._facts.get("model")
        return model

    @property
    def thinking_level(self) -> str | None:
        """The current thinking level; ``None`` on pi 0.74.2."""
        level: str | None = self._facts.get("thinkingLevel")
        return level

    @property
    def pi_version(self) -> str:
        """Version of the running pi, such as ``"1.5.2"``."""
        return str(self._facts.get("piVersion", ""))

    @property
    def flags(self) -> Mapping[str, bool | str]:
        """Values of the command line flags that Python plugins declared, by name without the dashes."""
        flags: Mapping[str, bool | str] = self._facts.get("flags", {})
        return flags

    @property
    def session(self) -> Session:
        """The session: its id, file and name, and its entries."""
        return Session(self)

    @property
    def ui(self) -> UI:
        """Dialogs, notices, status and widgets."""
        return UI(self)

    @property
    def pi(self) -> Pi:
        """Messages, entries, commands of the shell, labels and tools."""
        return Pi(self)

    async def is_idle(self) -> bool:
        """Return whether no run is going on."""
        return bool(await self.call("ctx.isIdle"))

    async def has_pending_messages(self) -> bool:
        """Return whether steering or follow-up messages wait."""
        return bool(await self.call("ctx.hasPendingMessages"))

    async def context_usage(self) -> dict[str, Any] | None:
        """Return ``tokens``, ``contextWindow`` (tokens) and ``percent``, or ``None`` before the first answer."""
        usage: dict[str, Any] | None = await self.call("ctx.getContextUsage")
        return usage

    async def system_prompt(self) -> str:
        """Return the current system prompt."""
        return str(await self.call("ctx.getSystemPrompt"))

    def abort(self) -> None:
        """Abort the current run."""
        self.post("ctx.abort")

    def shutdown(self) -> None:
        """End pi in an orderly way."""
        self.post("ctx.shutdown")

    def waiting(self) -> AbstractContextManager[None]:
        """Stop this implementation's deadline clock while it waits for somebody or something else.

        Dialogs do this by themselves.
        """
        from contextlib import nullcontext  # noqa: PLC0415  # only contexts without a clock need it

        return self._clock.paused() if self._clock is not None else nullcontext()

    async def call(self, method: str, **params: Any) -> Any:
        """Ask the bridge to do ``method``; the typed methods of this class, ``ui`` and ``pi`` are built on it."""
        return await self._link.call(method, params, generation=self._generation, request=self._request)

    def post(self, method: str, **params: Any) -> None:
        """Tell the bridge to do ``method`` without waiting; may be called from any thread."""
        self._link.post(method, params, generation=self._generation, request=self._request)

    def fact(self, key: str) -> Any:
        """Return what the bridge last said under ``key``, or ``None``."""
        return self._facts.get(key)
