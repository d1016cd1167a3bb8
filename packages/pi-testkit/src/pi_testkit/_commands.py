"""pi's RPC commands by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import os

__all__ = ["Commands"]


class Commands(ABC):
    """The commands tests use most; every other one goes through :meth:`send`. Each raises what :meth:`send` raises."""

    @abstractmethod
    def send(self, type: str, *, timeout: float = 30.0, **fields: Any) -> dict[str, Any]:  # noqa: A002 - pi's own word
        """Send a command and wait for its response."""

    def steer(self, message: str) -> None:
        """Queue a message for the run under way, to be seen before its next model request."""
        self.send("steer", message=message)

    def follow_up(self, message: str) -> None:
        """Queue a message for when the run under way would end."""
        self.send("follow_up", message=message)

    def abort(self) -> None:
        """Abort the run under way and wait until it has stopped."""
        self.send("abort")

    def bash(self, command: str, *, exclude_from_context: bool = False) -> dict[str, Any]:
        """Run a shell command as the user does with ``!``.

        Args:
            command: the command line.
            exclude_from_context: whether the model is not to see it, as with ``!!``.

        Returns:
            pi's result, with ``output`` and ``exitCode``.
        """
        return self.send("bash", command=command, excludeFromContext=exclude_from_context)

    def new_session(self) -> bool:
        """Start a new session.

        Returns:
            Whether it was started; an extension may have cancelled it.
        """
        return not self.send("new_session").get("cancelled", False)

    def switch_session(self, path: str | os.PathLike[str]) -> bool:
        """Switch to a session file.

        Args:
            path: the file.

        Returns:
            Whether it was switched; an extension may have cancelled it.
        """
        return not self.send("switch_session", sessionPath=str(path)).get("cancelled", False)

    def fork(self, entry_id: str) -> dict[str, Any]:
        """Fork the session at a user message.

        Args:
            entry_id: id of the message's entry.

        Returns:
            pi's result, with ``text`` and ``cancelled``.
        """
        return self.send("fork", entryId=entry_id)

    def get_state(self) -> dict[str, Any]:
        """The state of pi: model, session file, whether it is streaming and so on."""
        return self.send("get_state")

    def get_messages(self) -> list[dict[str, Any]]:
        """The messages of the conversation."""
        return cast("list[dict[str, Any]]", self.send("get_messages")["messages"])

    def get_entries(self, since: str | None = None) -> dict[str, Any]:
        """The entries of the session (pi 0.87 and newer).

        Args:
            since: id of an entry; only later ones are given.

        Returns:
            ``entries`` and ``leafId``.
        """
        fields: dict[str, Any] = {} if since is None else {"since": since}
        return self.send("get_entries", **fields)

    def get_commands(self) -> list[dict[str, Any]]:
        """The slash commands of extensions, prompts and skills."""
        return cast("list[dict[str, Any]]", self.send("get_commands")["commands"])

    def compact(self, custom_instructions: str | None = None) -> dict[str, Any]:
        """Compact the conversation.

        Args:
            custom_instructions: what the summary is to heed.

        Returns:
            pi's result, with ``summary`` and ``tokensBefore``.
        """
        fields: dict[str, Any] = {} if custom_instructions is None else {"customInstructions": custom_instructions}
        return self.send("compact", **fields)

    def set_model(self, provider: str, model_id: str) -> dict[str, Any]:
        """Switch to another model.

        Args:
            provider: its provider, such as ``"scripted"``.
            model_id: its id.

        Returns:
            The model as pi knows it.
        """
        return self.send("set_model", provider=provider, modelId=model_id)

    def set_session_name(self, name: str) -> None:
        """Name the session."""
        self.send("set_session_name", name=name)
