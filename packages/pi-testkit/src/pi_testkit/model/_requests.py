"""What a scripted model remembers of each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pi_testkit.model._turns import Turn

__all__ = ["Request"]


@dataclass
class Request:
    """One request to the scripted model.

    Attributes:
        number: 0 for the first one.
        path: path and query.
        headers: names and values in the order and case they came in.
        body: the JSON body.
        started: when it came in, in seconds of :func:`time.monotonic`.
        finished: when its answer was done or broke off; ``None`` while it runs.
        turn: what it was answered with; ``None`` when the script had nothing for it.
        aborted: whether the client went away before the answer was done.
    """

    number: int
    path: str
    headers: list[tuple[str, str]]
    body: dict[str, Any]
    started: float
    finished: float | None = None
    turn: Turn | None = None
    aborted: bool = False

    def header(self, name: str) -> str | None:
        """The value of a header.

        Args:
            name: its name, in any case.

        Returns:
            The first value, or ``None`` when there is none.
        """
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def model(self) -> str:
        """Id of the model that was asked."""
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation as it was sent."""
        return cast("list[dict[str, Any]]", self.body.get("messages", []))

    @property
    def tool_names(self) -> list[str]:
        """Names of the tools that were offered."""
        return [str(tool.get("function", {}).get("name")) for tool in self.body.get("tools", [])]

    def texts(self, role: str) -> list[str]:
        """The texts of all messages of one role.

        Args:
            role: such as ``"user"``, ``"assistant"``, ``"tool"``, ``"system"``.

        Returns:
            One text for each message; images and the like are left out.
        """
        return [_text(message.get("content")) for message in self.messages if message.get("role") == role]

    def overlaps(self, other: Request) -> bool:
        """Whether two finished requests were under way at the same time.

        Args:
            other: another request to the same or another scripted model in this process.

        Returns:
            Whether they overlapped.

        Raises:
            ValueError: one of them still runs.
        """
        if self.finished is None or other.finished is None:
            raise ValueError(f"requests {self.number} and {other.number} cannot be compared while one still runs")
        return self.started < other.finished and other.started < self.finished


def _text(content: str | list[dict[str, Any]] | None) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return content or ""
