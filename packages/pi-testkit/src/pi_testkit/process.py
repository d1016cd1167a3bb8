"""One pi process and everything it started."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

from pi_testkit._guardian import MARK, kill_marked, marked
from pi_testkit._tree import new_mark

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from pi_testkit.home import PiHome
    from pi_testkit.pis import PiInstall

__all__ = ["Launch", "PiExitedError", "PiProcess", "PiTimeoutError"]

_TAIL = 2000
_READ_SECONDS = 5.0


class PiTimeoutError(TimeoutError):
    """pi did not do in time what was waited for; the message says what, and how pi stood."""


class PiExitedError(RuntimeError):
    """pi ended while something was expected of it; the message carries the end of its stderr."""


class Launch:
    """How to start a pi: which one, where, and with what.

    Args:
        install: the pi.
        home: where it lives.
        args: further arguments for pi.
        extensions: files or folders of extensions; each becomes ``-e path``.
        env: variables added to those of the home.

    Attributes:
        argv: the whole command line.
        env: the whole environment, mark included.
        mark: the value that marks this pi and everything it starts.
    """

    def __init__(
        self,
        install: PiInstall,
        home: PiHome,
        *mode: str,
        args: Sequence[str] = (),
        extensions: Sequence[str | os.PathLike[str]] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.mark = new_mark()
        loads = [word for path in extensions for word in ("-e", str(path))]
        self.argv = [*install.argv, *mode, *loads, *args]
        self.env = home.env(env) | {MARK: self.mark}
        self.cwd = home.cwd


class PiProcess:
    """A pi with pipes, read in the background, killed with its whole tree at the end.

    Args:
        launch: how to start it.
        stdin: what it reads: a pipe to write to, or nothing.
        on_line: is called in a background thread with each line of stdout, LF included, and with ``None`` at the end.

    Attributes:
        popen: the process.
        mark: the mark of its tree.
    """

    def __init__(self, launch: Launch, *, stdin: bool, on_line: Callable[[bytes | None], None]) -> None:
        self.mark = launch.mark
        self._stderr = bytearray()
        self.popen = subprocess.Popen(  # noqa: S603 - the pi under test
            launch.argv,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=launch.cwd,
            env=launch.env,
            start_new_session=True,
        )
        self._on_line = on_line
        self._readers = [
            (threading.Thread(target=read, args=(pipe,), daemon=True), pipe)
            for read, pipe in ((self._read_stdout, self.popen.stdout), (self._read_stderr, self.popen.stderr))
            if pipe is not None
        ]
        for thread, _ in self._readers:
            thread.start()

    @property
    def stderr(self) -> str:
        """What pi wrote to stderr so far."""
        return bytes(self._stderr).decode(errors="replace")

    def tail(self) -> str:
        """The end of stderr, for messages.

        Returns:
            A clause that names it or says that it is empty.
        """
        text = self.stderr.strip()
        return f"the end of its stderr: {text[-_TAIL:]!r}" if text else "its stderr is empty"

    def processes(self) -> dict[int, list[str]]:
        """The living processes of this pi's tree.

        Returns:
            The command line of each, by process id; pi itself included. Empty on systems without ``/proc``.
        """
        return marked(self.mark)

    def survivors(self, grace: float) -> dict[int, list[str]]:
        """The processes that outlive an ended pi.

        Args:
            grace: seconds they are given to end by themselves.

        Returns:
            The command line of each, by process id.
        """
        deadline = time.monotonic() + grace
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return left

    def wait(self, timeout: float) -> int:
        """Wait for pi's own end; its children do not count.

        Args:
            timeout: seconds.

        Returns:
            The exit code.

        Raises:
            PiTimeoutError: it still runs.
        """
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise PiTimeoutError(f"pi did not end within {timeout:g} s; {self.tail()}") from error

    def destroy(self) -> int:
        """Kill whatever is left of the tree and close the pipes. A second call does nothing.

        Returns:
            pi's exit code; negative for a signal.
        """
        # The tree first: with pi gone, a child that dropped the mark could not be told from anybody else's process.
        kill_marked(self.mark)
        self.popen.kill()
        code = self.popen.wait()
        if self.popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # what was still to be written has no reader any more
                self.popen.stdin.close()
        for thread, pipe in self._readers:
            thread.join(_READ_SECONDS)
            if not thread.is_alive():  # else something that escaped still holds the other end: closing would block
                pipe.close()
        return code

    def _read_stdout(self, pipe: IO[bytes]) -> None:
        for line in pipe:  # bytes are split at LF only, so U+2028 inside a record stays inside it
            self._on_line(line)
        self._on_line(None)

    def _read_stderr(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._stderr += line
