"""Drive real pi through its RPC mode."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from pi_testkit._commands import Commands
from pi_testkit._dialogs import DIALOGS, response
from pi_testkit._settle import announces, started, wait_until_settled
from pi_testkit.process import Launch, PiExitedError, PiProcess, PiTimeoutError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from pi_testkit._dialogs import Reply
    from pi_testkit.home import PiHome
    from pi_testkit.pis import PiInstall

__all__ = ["RpcError", "RpcPi"]

_SHOWN_RECORDS = 5


class RpcError(RuntimeError):
    """pi refused a command; the message is pi's own."""


class RpcPi(Commands):
    """A pi in RPC mode. Close it, or use it as a context manager.

    Args:
        install: the pi.
        home: where it lives.
        args: further arguments for pi.
        extensions: files or folders of extensions; each becomes ``-e path``.
        env: variables added to those of the home.

    Attributes:
        records: everything pi wrote to stdout so far, in order.
        process: the process behind it.
    """

    def __init__(
        self,
        install: PiInstall,
        home: PiHome,
        *,
        args: Sequence[str] = (),
        extensions: Sequence[str | os.PathLike[str]] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.records: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._writing = threading.Lock()
        self._ended = False
        self._failure: BaseException | None = None
        self._ids = itertools.count(1)
        self._answered: set[str] = set()
        self._announces = announces(install.version)
        self._on_ui: Callable[[dict[str, Any]], Reply] | None = None
        launch = Launch(install, home, "--mode", "rpc", args=args, extensions=extensions, env=env)
        self.process = PiProcess(launch, stdin=True, on_line=self._receive)

    @property
    def stderr(self) -> str:
        """What pi wrote to stderr so far."""
        return self.process.stderr

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The ``extension_error`` records so far."""
        return [record for record in self.records if record.get("type") == "extension_error"]

    @property
    def ui_requests(self) -> list[dict[str, Any]]:
        """The ``extension_ui_request`` records so far, dialogs and mere notices alike."""
        return [record for record in self.records if record.get("type") == "extension_ui_request"]

    def on_ui(self, answer: Callable[[dict[str, Any]], Reply] | None) -> None:
        """Say how dialogs are answered. Without this a dialog stays open until :meth:`answer` is called.

        Args:
            answer: gets the request and returns the text for ``select``, ``input`` and ``editor``, a bool for
                ``confirm``, or ``None`` to dismiss the dialog. It runs in a background thread and may block. What it
                raises comes out of the call that waits at that time or next.
        """
        self._on_ui = answer

    def answer(self, request: dict[str, Any], reply: Reply) -> None:
        """Answer one dialog.

        Args:
            request: its record.
            reply: as for :meth:`on_ui`.
        """
        self._answered.add(request["id"])
        self._write(response(request, reply))

    def send(self, type: str, *, timeout: float = 30.0, **fields: Any) -> dict[str, Any]:  # noqa: A002 - pi's own word
        """Send any of pi's RPC commands and wait for its response.

        Args:
            type: the command, such as ``"get_state"``.
            timeout: seconds to wait.
            fields: its fields, under pi's names.

        Returns:
            What the response carries as ``data``; empty when it carries none.

        Raises:
            RpcError: pi refused the command.
            PiTimeoutError: no response came in time.
            PiExitedError: pi ended.
        """
        data = self.records[self._exchange(type, timeout, fields)].get("data")
        return data if isinstance(data, dict) else {}

    def prompt(self, text: str, *, timeout: float = 30.0, **fields: Any) -> list[dict[str, Any]]:
        """Send a prompt and wait until pi has settled: no retry, compaction or queued message is left to run.

        Args:
            text: the prompt; a slash command is one, too.
            timeout: seconds until pi must have settled.
            fields: further fields of pi's ``prompt`` command, such as ``images`` or ``streamingBehavior``.

        Returns:
            The records that came meanwhile, responses left out.

        Raises:
            RpcError: pi refused the prompt.
            PiTimeoutError: pi did not settle in time.
            PiExitedError: pi ended.
        """
        deadline = time.monotonic() + timeout
        since = len(self.records)
        response_at = self._exchange("prompt", timeout, {"message": text, **fields})
        if started(self, self.records[response_at].get("data") or {}, since, deadline):
            # Counted from the response: an earlier run may have settled while the prompt was under way.
            wait_until_settled(self, response_at, deadline, announced=self._announces)
        return [record for record in self.records[since:] if record.get("type") != "response"]

    def wait_for(
        self,
        predicate: Callable[[dict[str, Any]], bool] | str,
        *,
        timeout: float = 30.0,
        since: int = 0,
        what: str | None = None,
    ) -> dict[str, Any]:
        """Wait for a record.

        Args:
            predicate: says whether a record is the one, or the ``type`` it has to have.
            timeout: seconds to wait.
            since: how many of :attr:`records` to pass over; the records that are there already count.
            what: what is waited for, in words, for the message when it does not come.

        Returns:
            The first such record.

        Raises:
            PiTimeoutError: none came in time.
            PiExitedError: pi ended without it.
        """
        fits = (lambda record: record.get("type") == predicate) if isinstance(predicate, str) else predicate
        name = what or (f"a record of type {predicate!r}" if isinstance(predicate, str) else "a record that fits")
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                self._raise_failure()
                for record in self.records[since:]:
                    if fits(record):
                        return record
                since = len(self.records)
                if self._ended:
                    code = self.process.popen.poll()
                    raise PiExitedError(f"pi ended (exit code {code}) before {name} came; {self.process.tail()}")
                if not self._news.wait(deadline - time.monotonic()):
                    raise PiTimeoutError(f"{name} did not come within {timeout:g} s; {self._state()}")

    def close(self, *, timeout: float = 10.0) -> int:
        """Close pi's stdin, wait for its end, then kill what is left of its tree. A second call does nothing.

        Args:
            timeout: seconds until pi is killed.

        Returns:
            pi's exit code; negative when it had to be killed.
        """
        try:
            if self.process.popen.stdin is not None:
                self.process.popen.stdin.close()
            self.process.wait(timeout)
        except (OSError, PiTimeoutError):  # it ended before, or does not end: either way the tree goes now
            pass
        return self.process.destroy()

    def kill(self) -> int:
        """Kill pi and its whole tree at once.

        Returns:
            pi's exit code.
        """
        return self.process.destroy()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _write(self, record: dict[str, Any]) -> None:
        pipe = self.process.popen.stdin
        try:
            with self._writing:
                if pipe is None or pipe.closed:
                    raise PiExitedError(f"pi was closed before {record['type']!r} could be sent")
                pipe.write(json.dumps(record).encode() + b"\n")
                pipe.flush()
        except OSError as error:
            raise PiExitedError(f"pi ended before {record['type']!r} could be sent; {self.process.tail()}") from error

    def _receive(self, line: bytes | None) -> None:
        """Take a line from the reader thread; ``None`` when there will be no more."""
        record: dict[str, Any] = {}
        with self._news:
            if line is None:
                self._ended = True
            elif line.strip():
                try:
                    record = json.loads(line)
                    self.records.append(record)
                except json.JSONDecodeError:
                    self._failure = RuntimeError(f"something that is no JSON got into pi's stdout: {line[:200]!r}")
            self._news.notify_all()
        if self._on_ui is not None and record.get("method") in DIALOGS:
            threading.Thread(target=self._ask, args=(self._on_ui, record), daemon=True).start()

    def _ask(self, answer: Callable[[dict[str, Any]], Reply], request: dict[str, Any]) -> None:
        try:
            reply = answer(request)
        except BaseException as error:  # noqa: BLE001 - a test's own function; raised where the test waits
            reply = None
            with self._news:
                self._failure = error
                self._news.notify_all()
        with contextlib.suppress(PiExitedError):
            self.answer(request, reply)

    def _exchange(self, command: str, timeout: float, fields: dict[str, Any]) -> int:
        """Send a command, wait for its response and say where among the records it is."""
        number = f"testkit-{next(self._ids)}"
        since = len(self.records)
        self._write({"type": command, "id": number, **fields})

        def ours(record: dict[str, Any]) -> bool:
            return record.get("type") == "response" and record.get("id") == number

        found = self.wait_for(ours, timeout=timeout, since=since, what=f"the response to {command!r}")
        if not found.get("success"):
            raise RpcError(f"pi refused {command!r}: {found.get('error')}")
        return self.records.index(found, since)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _state(self) -> str:
        dialogs = [request for request in self.ui_requests if request["method"] in DIALOGS]
        still_open = [d["method"] for d in dialogs if d["id"] not in self._answered]
        asks = f"dialogs that wait for an answer: {still_open}; " if still_open else ""
        last = [record.get("type") for record in self.records[-_SHOWN_RECORDS:]]
        return f"{asks}the last records were {last}; {self.process.tail()}"
