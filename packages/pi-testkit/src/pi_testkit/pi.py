"""One pi for one test: an install, a home and a model, and every way to run them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pi_testkit.home import PiHome
    from pi_testkit.model import ScriptedModel
    from pi_testkit.oneshot import Finished, FinishedJson
    from pi_testkit.pis import PiInstall
    from pi_testkit.rpc import RpcPi
    from pi_testkit.tui import TuiPi

__all__ = ["Pi"]


@dataclass
class Pi:
    """Runs real pi; whatever it started is closed with it.

    All runs share the home, so a session one of them wrote can be opened by the next.

    Attributes:
        install: which pi.
        home: where it lives.
        model: the model it talks to.
        extensions: what every run loads, besides its own.
        env: variables that every run gets, besides its own.
    """

    install: PiInstall
    home: PiHome
    model: ScriptedModel
    extensions: Sequence[str | os.PathLike[str]] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack, repr=False)

    @property
    def version(self) -> str:
        """Version of pi, such as ``"1.5.2"``."""
        return self.install.version

    def rpc(self, **options: Any) -> RpcPi:
        """Start pi in RPC mode.

        Args:
            options: as for :class:`pi_testkit.RpcPi`: ``args``, ``extensions``, ``env``.

        Returns:
            Its driver.
        """
        from pi_testkit.rpc import RpcPi  # noqa: PLC0415 - a run that needs one driver does not load them all

        return self._open.enter_context(RpcPi(self.install, self.home, **self._with(options)))

    def tui(self, **options: Any) -> TuiPi:
        """Start pi in a terminal.

        Args:
            options: as for :class:`pi_testkit.TuiPi`: ``args``, ``extensions``, ``env``, ``columns``, ``rows``.

        Returns:
            Its driver.
        """
        from pi_testkit.tui import TuiPi  # noqa: PLC0415 - as above

        return self._open.enter_context(TuiPi(self.install, self.home, **self._with(options)))

    def print(self, prompt: str, **options: Any) -> Finished:
        """Run ``pi -p`` to its end.

        Args:
            prompt: the prompt.
            options: as for :func:`pi_testkit.run_print`: ``args``, ``extensions``, ``env``, ``stdin``, ``timeout``.

        Returns:
            What it wrote and how it ended.
        """
        from pi_testkit.oneshot import run_print  # noqa: PLC0415 - as above

        return run_print(self.install, self.home, prompt, **self._with(options))

    def json(self, prompt: str, **options: Any) -> FinishedJson:
        """Run ``pi --mode json`` to its end.

        Args:
            prompt: the prompt.
            options: as for :meth:`print`.

        Returns:
            What it wrote, its records, and how it ended.
        """
        from pi_testkit.oneshot import run_json  # noqa: PLC0415 - as above

        return run_json(self.install, self.home, prompt, **self._with(options))

    def close(self) -> None:
        """Close everything that was started. A second call does nothing."""
        self._open.close()

    def _with(self, options: dict[str, Any]) -> dict[str, Any]:
        extensions = [*self.extensions, *options.get("extensions", ())]
        return options | {"extensions": extensions, "env": {**self.env, **(options.get("env") or {})}}
