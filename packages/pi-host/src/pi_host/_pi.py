"""What pi's extension API offers beyond events and the user interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pi_host._context import Context

__all__ = ["ExecResult", "Pi"]

Delivery: TypeAlias = Literal["steer", "followUp", "nextTurn"]


class ExecResult(msgspec.Struct, frozen=True):
    """How a program that pi ran ended.

    Attributes:
        stdout: what it wrote to its standard output.
        stderr: what it wrote to its standard error.
        code: its exit code; 1 if it could not be started.
        killed: whether it was killed, for example after its timeout.
    """

    stdout: str
    stderr: str
    code: int
    killed: bool = False


class Pi:
    """pi's own actions. Everything without ``await`` is sent and not waited for, in order."""

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def send_message(  # noqa: PLR0913  # the shape of pi's own call
        self,
        custom_type: str,
        content: str | list[dict[str, Any]],
        *,
        display: bool = True,
        details: object = None,
        trigger_turn: bool = False,
        deliver_as: Delivery | None = None,
    ) -> None:
        """Add a message of a plugin's own type to the conversation, as context for the model.

        Args:
            custom_type: the type, prefixed with the plugin's name by convention.
            content: text, or pi's content blocks.
            display: whether the user sees it.
            details: JSON data kept with it and not sent to the model.
            trigger_turn: start a run when pi is idle.
            deliver_as: when pi is busy, deliver it now, after the run, or with the next prompt.
        """
        message: dict[str, Any] = {"customType": custom_type, "content": content, "display": display}
        if details is not None:
            message["details"] = details
        self._ctx.post("pi.sendMessage", message=message, triggerTurn=trigger_turn, deliverAs=deliver_as)

    def send_user_message(
        self,
        content: str | list[dict[str, Any]],
        *,
        deliver_as: Literal["steer", "followUp"] | None = None,
        expand: bool = False,
    ) -> None:
        """Send a prompt as if the user had typed it; this always starts a run.

        Args:
            content: text, or pi's content blocks.
            deliver_as: required while a run is going on.
            expand: expand prompt templates and run extension commands (since pi 0.84.2).
        """
        self._ctx.post("pi.sendUserMessage", content=content, deliverAs=deliver_as, expand=expand)

    async def append_entry(self, custom_type: str, data: object = None) -> str | None:
        """Append an entry that the model never sees to the session, and return its id."""
        entry: str | None = await self._ctx.call("pi.appendEntry", customType=custom_type, data=data)
        return entry

    async def exec(
        self, command: str, args: Sequence[str] = (), *, cwd: str | None = None, timeout_ms: int | None = None
    ) -> ExecResult:
        """Let pi run a program, without a shell, and return how it ended; never raises for a failing program."""
        ended = await self._ctx.call("pi.exec", command=command, args=list(args), cwd=cwd, timeout=timeout_ms)
        return msgspec.convert(ended, ExecResult)

    def set_session_name(self, name: str) -> None:
        """Name the session."""
        self._ctx.post("pi.setSessionName", name=name)

    def set_label(self, entry_id: str, label: str | None) -> None:
        """Label an entry of the session tree, or take its label away."""
        self._ctx.post("pi.setLabel", entryId=entry_id, label=label)

    async def active_tools(self) -> list[str]:
        """Return the names of the tools that the model may use now."""
        names: list[str] = await self._ctx.call("pi.getActiveTools")
        return names

    async def all_tools(self) -> list[dict[str, Any]]:
        """Return every registered tool: ``name``, ``description``, ``parameters`` and where it comes from."""
        tools: list[dict[str, Any]] = await self._ctx.call("pi.getAllTools")
        return tools

    async def set_active_tools(self, names: Sequence[str]) -> None:
        """Choose the tools that the model may use."""
        await self._ctx.call("pi.setActiveTools", names=list(names))

    async def set_env(self, variables: Mapping[str, str | None]) -> None:
        """Set environment variables in pi's own process, where every tool and child process inherits them.

        What was there before comes back when the session or this host ends.

        Args:
            variables: value by name; ``None`` takes a variable away.
        """
        await self._ctx.call("pi.setEnv", variables=dict(variables))

    async def register_provider(self, name: str, config: Mapping[str, Any]) -> None:
        """Add a model provider, or change one that pi knows, until this pi ends.

        pi reads strings in ``config`` as expressions: a leading ``!`` runs a shell command and ``$NAME`` inserts a
        variable (on pi 0.74.2 a bare variable name does).

        Args:
            name: the provider's name.
            config: pi's ``ProviderConfig`` as JSON data.
        """
        await self._ctx.call("pi.registerProvider", name=name, config=dict(config))

    async def unregister_provider(self, name: str) -> None:
        """Take back what ``register_provider`` did."""
        await self._ctx.call("pi.unregisterProvider", name=name)

    async def commands(self) -> list[dict[str, Any]]:
        """Return pi's slash commands: ``name``, ``description``, ``source``."""
        commands: list[dict[str, Any]] = await self._ctx.call("pi.getCommands")
        return commands
