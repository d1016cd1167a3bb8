"""The facts about the session of an in-memory pi, as attributes that a test sets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from pi_host.testing import Facts, Mode

__all__ = ["FakeFacts", "first_facts"]

T = TypeVar("T")


class _Fact(Generic[T]):
    """An attribute that is kept under pi's key for it."""

    def __init__(self, key: str) -> None:
        self._key = key

    @overload
    def __get__(self, pi: None, owner: type) -> _Fact[T]: ...
    @overload
    def __get__(self, pi: FakeFacts, owner: type) -> T: ...
    def __get__(self, pi: FakeFacts | None, owner: type) -> _Fact[T] | T:
        if pi is None:
            return self
        value: T = pi.facts[self._key]
        return value

    def __set__(self, pi: FakeFacts, value: T) -> None:
        pi.facts[self._key] = value


class FakeFacts(ABC):
    """What plugins learn from their context without asking; set it before the event that is to see it.

    Attributes:
        cwd: the working directory.
        trusted: whether pi trusts the project.
        model: the current model as pi describes it, or ``None``.
        thinking_level: the current thinking level.
        session_id: pi's id of the session.
        session_file: path of the session file; ``None`` for a session in memory.
        session_name: the name given to the session.
        flags: values of the command line flags that the plugins declare.
    """

    cwd = _Fact[str]("cwd")
    trusted = _Fact[bool]("trusted")
    model = _Fact[dict[str, Any] | None]("model")
    thinking_level = _Fact[str]("thinkingLevel")
    session_id = _Fact[str]("sessionId")
    session_file = _Fact[str | None]("sessionFile")
    session_name = _Fact[str | None]("sessionName")
    flags = _Fact[dict[str, bool | str]]("flags")

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """The facts under pi's own keys."""

    @property
    def mode(self) -> Mode:
        """How pi runs. In ``"print"`` and ``"json"`` nobody can answer a dialog."""
        mode: Mode = self.facts["mode"]
        return mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self.facts.update(mode=mode, hasUI=mode in {"tui", "rpc"})


def first_facts(version: str, flags: dict[str, bool | str]) -> Facts:
    """The facts of a new session: a terminal, a made-up model, the current folder.

    Args:
        version: version of pi.
        flags: values of the flags.

    Returns:
        The facts under pi's own keys.
    """
    return {
        "generation": 1,
        "piVersion": version,
        "mode": "tui",
        "hasUI": True,
        "cwd": str(Path.cwd()),
        "trusted": True,
        "model": {"provider": "fake", "id": "fake-1", "contextWindow": 128_000},
        "thinkingLevel": "off",
        "sessionId": "session-1",
        "sessionFile": None,
        "leafId": None,
        "sessionName": None,
        "flags": flags,
    }
