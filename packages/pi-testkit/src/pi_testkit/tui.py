"""Real pi in a real terminal, as a person uses it."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from typing import TYPE_CHECKING

import ptyprocess

from pi_testkit._guardian import kill_marked, marked
from pi_testkit._terminal import Terminal, key
from pi_testkit.process import Launch, PiExitedError, PiTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from pi_testkit.home import PiHome
    from pi_testkit.pis import PiInstall

__all__ = ["TuiPi"]

_READ_BYTES = 65536
_STEP_SECONDS = 0.02
_READER_SECONDS = 5.0


class TuiPi:
    """A pi in a terminal. Close it, or use it as a context manager.

    Args:
        install: the pi.
        home: where it lives.
        args: further arguments for pi.
        extensions: files or folders of extensions; each becomes ``-e path``.
        env: variables added to those of the home.
        columns: width of the terminal.
        rows: height of the terminal.
    """

    def __init__(  # noqa: PLR0913 - what every driver is given, and the size
        self,
        install: PiInstall,
        home: PiHome,
        *,
        args: Sequence[str] = (),
        extensions: Sequence[str | os.PathLike[str]] = (),
        env: Mapping[str, str] | None = None,
        columns: int = 100,
        rows: int = 30,
    ) -> None:
        launch = Launch(install, home, args=args, extensions=extensions, env={"TERM": "xterm-256color", **(env or {})})
        self._mark = launch.mark
        self._news = threading.Condition()
        self._ended = False
        self._closed = False
        with warnings.catch_warnings():
            # Since Python 3.12 forking beside threads warns; ptyprocess goes straight on to exec.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pty = ptyprocess.PtyProcess.spawn(
                launch.argv, cwd=str(launch.cwd), env=launch.env, dimensions=(rows, columns)
            )
        self._terminal = Terminal(columns, rows, self._write)
        self._reader = threading.Thread(target=self._read, name="pi-terminal", daemon=True)
        self._reader.start()

    def screen(self) -> str:
        """What is on the screen now.

        Returns:
            Its rows without spaces at their ends, joined by LF.
        """
        with self._news:
            return self._terminal.text()

    @property
    def title(self) -> str:
        """The title of the terminal's window."""
        with self._news:
            return self._terminal.title()

    def wait_ready(self, *, timeout: float = 15.0) -> str:
        """Wait until pi takes prompts: its extensions have seen ``session_start`` and it has set its own title.

        It draws its editor before that, and pi 0.87 refuses a prompt that is entered so early.

        Args:
            timeout: seconds to wait.

        Returns:
            The screen.

        Raises:
            PiTimeoutError: it is not ready yet, for instance because an extension asks something.
            PiExitedError: pi ended.
        """
        return self._wait(lambda: self._terminal.title().startswith("π - "), "pi's own window title", timeout)

    def type(self, text: str) -> None:
        """Type characters.

        Args:
            text: the characters.

        Raises:
            PiExitedError: pi has ended.
        """
        self._write(text.encode())

    def press(self, *names: str) -> None:
        """Press keys, one after the other.

        Args:
            names: such as ``"enter"``, ``"escape"``, ``"up"``, ``"ctrl+c"``, ``"alt+enter"``.

        Raises:
            ValueError: there is no such key.
            PiExitedError: pi has ended.
        """
        for name in names:
            self._write(key(name))

    def wait_for(self, wanted: str | Callable[[str], bool], *, timeout: float = 10.0) -> str:
        """Wait until the screen shows something.

        Args:
            wanted: a text, which the end of a row must not break, or a function of the screen.
            timeout: seconds to wait.

        Returns:
            The screen that shows it.

        Raises:
            PiTimeoutError: it did not come; the message holds the screen.
            PiExitedError: pi ended without it.
        """
        fits = (lambda screen: wanted in screen) if isinstance(wanted, str) else wanted
        name = repr(wanted) if isinstance(wanted, str) else "what was waited for"
        return self._wait(lambda: fits(self._terminal.text()), name, timeout)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal.

        Args:
            columns: new width.
            rows: new height.
        """
        with self._news:
            self._terminal.resize(columns, rows)
        self._pty.setwinsize(rows, columns)

    def processes(self) -> dict[int, list[str]]:
        """The living processes of this pi's tree.

        Returns:
            The command line of each, by process id; pi itself included. Empty on systems without ``/proc``.
        """
        return marked(self._mark)

    def wait(self, *, timeout: float = 10.0) -> int:
        """Wait for pi's own end.

        Args:
            timeout: seconds.

        Returns:
            The exit code; negative for a signal.

        Raises:
            PiTimeoutError: it still runs; the message holds the screen.
        """
        deadline = time.monotonic() + timeout
        while self._pty.isalive():
            if time.monotonic() > deadline:
                raise PiTimeoutError(f"pi did not end within {timeout:g} s; its screen shows:\n{self.screen()}")
            time.sleep(_STEP_SECONDS)
        return self._code()

    def close(self, *, timeout: float = 5.0) -> int:
        """Ask pi to end (SIGTERM), then kill what is left of its tree. A second call does nothing.

        Args:
            timeout: seconds until pi is killed.

        Returns:
            pi's exit code; negative for a signal.
        """
        if not self._closed:
            self._closed = True
            try:
                self._pty.kill(signal.SIGTERM)
                self.wait(timeout=timeout)
            except (OSError, PiTimeoutError):  # it ended before, or does not end: either way the tree goes now
                pass
            kill_marked(self._mark)
            self._reader.join(_READER_SECONDS)
            self._pty.close(force=True)
        return self._code()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _wait(self, condition: Callable[[], bool], name: str, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        with self._news:
            while not condition():
                shows = f"it shows:\n{self._terminal.text()}"
                if self._ended:
                    raise PiExitedError(f"pi ended before its terminal showed {name}; {shows}")
                if not self._news.wait(deadline - time.monotonic()):
                    raise PiTimeoutError(f"the terminal did not show {name} within {timeout:g} s; {shows}")
            return self._terminal.text()

    def _code(self) -> int:
        if self._pty.signalstatus is not None:
            return -int(self._pty.signalstatus)
        return int(self._pty.exitstatus or 0)

    def _write(self, data: bytes) -> None:
        try:
            self._pty.write(data)
        except (OSError, ValueError) as error:
            raise PiExitedError(f"pi ended before {data!r} could be typed") from error

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._pty.fd, _READ_BYTES)
            except OSError:  # how Linux says that nobody has the other end open any more
                data = b""
            with self._news:
                self._ended = not data
                try:
                    self._terminal.feed(data)
                except PiExitedError:  # it asked the terminal something and ended before the answer
                    self._ended = True
                self._news.notify_all()
            if self._ended:
                return
