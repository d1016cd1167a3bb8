"""The public face of the scripted model."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pi_testkit.model._config import ModelSpec, models_json, settings_json, write_merged
from pi_testkit.model._script import Turns
from pi_testkit.model._turns import Fail

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Self

    from pi_testkit.model._requests import Request
    from pi_testkit.model._script import Script
    from pi_testkit.model._turns import Turn

__all__ = ["ScriptedModel"]


class ScriptedModel:
    """A model server on the loopback interface that says what it was told to say.

    It speaks OpenAI chat completions and starts at once. Close it, or use it as a context manager.

    Args:
        script: the turns, used up in the order in which requests come in, or a function that gives the turn for a
            request (``None`` when it has none). The function runs in a new thread for each request and may block.
        models: the models pi is told of, the default one first; a plain id stands for a model with usual limits.

    Attributes:
        requests: every request so far, in the order in which they came in.
        overrun: the requests for which the script had nothing left; pi got an error 500 that says so.
        failures: tracebacks of a script function that raised; pi got an error 500 then, too.
        models: the models pi is told of.
    """

    def __init__(
        self, script: Script = (), *, models: Sequence[ModelSpec | str] = ("scripted-1", "scripted-2")
    ) -> None:
        # Only whoever starts a server pays for aiohttp.
        from pi_testkit.model._server import Server  # noqa: PLC0415

        self.requests: list[Request] = []
        self.overrun: list[Request] = []
        self.failures: list[str] = []
        self.models = tuple(ModelSpec(model) if isinstance(model, str) else model for model in models)
        self._turns = Turns(script)
        self._closing = threading.Lock()
        self._server = Server(self._decide, self.requests.append)

    @property
    def url(self) -> str:
        """Base URL of the server, ``/v1`` included."""
        return f"http://127.0.0.1:{self._server.port}/v1"

    @property
    def remaining(self) -> list[Turn]:
        """The turns nobody has asked for yet."""
        return self._turns.remaining()

    def add(self, *turns: Turn) -> None:
        """Put turns at the end of the script.

        Args:
            turns: what is said next.

        Raises:
            TypeError: the model is driven by a function.
        """
        self._turns.add(turns)

    def assert_exhausted(self) -> None:
        """Check that the script fitted: every turn was asked for, and nothing more.

        Raises:
            AssertionError: turns are left, requests found none, or the script function raised.
        """
        problems = [f"a turn that nobody asked for: {turn!r}" for turn in self.remaining]
        problems += [f"request {request.number} found the script exhausted" for request in self.overrun]
        problems += [f"the script function raised:\n{text}" for text in self.failures]
        if problems:
            raise AssertionError("the script did not fit: " + "; ".join(problems))

    def models_json(self) -> dict[str, Any]:
        """The content of a ``models.json`` for pi, with the provider ``scripted``.

        Returns:
            The JSON object.
        """
        return models_json(self.url, self.models)

    def configure(self, agent_dir: str | os.PathLike[str]) -> None:
        """Make pi use this model by default, with no key and no network.

        Writes ``models.json`` and ``settings.json``; other keys in them are left alone. pi's automatic retries are
        turned off, so that an error is seen at once: set ``retry.enabled`` in ``settings.json`` to test them.

        Args:
            agent_dir: pi's agent folder.
        """
        folder = Path(agent_dir)
        write_merged(folder / "models.json", self.models_json())
        write_merged(folder / "settings.json", settings_json(self.models[0].id))

    def close(self) -> None:
        """Stop the server, dropping what is under way. A second call does nothing."""
        with self._closing:
            self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _decide(self, request: Request) -> Turn:
        try:
            turn = self._turns.next(request)
        except Exception:  # noqa: BLE001 - a test's own function; it may raise anything, and pi still needs an answer
            self.failures.append(traceback.format_exc())
            return Fail(500, "the script function of the scripted model raised: see ScriptedModel.failures")
        if turn is None:
            self.overrun.append(request)
            return Fail(
                500, f"the script of the scripted model is exhausted: it has no turn for request {request.number}"
            )
        return turn
