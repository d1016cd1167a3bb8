"""Runs of pi that end by themselves: ``pi -p`` and ``pi --mode json``."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pi_testkit.process import Launch, PiProcess, PiTimeoutError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pi_testkit.home import PiHome
    from pi_testkit.pis import PiInstall

__all__ = ["Finished", "FinishedJson", "run_json", "run_print"]

_SURVIVOR_GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Finished:
    """A pi that has ended.

    Attributes:
        stdout: all it wrote to stdout.
        stderr: all it wrote to stderr.
        returncode: its exit code; negative for a signal.
        seconds: from its start to its end.
        survivors: command lines of processes it started that still ran one second after its end; they were killed.
    """

    stdout: str
    stderr: str
    returncode: int
    seconds: float
    survivors: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class FinishedJson(Finished):
    """A pi in JSON mode that has ended.

    Attributes:
        records: the records it wrote; the first one is the session header.
    """

    records: list[dict[str, Any]] = field(default_factory=list)


def run_print(  # noqa: PLR0913 - what every driver is given, and the prompt
    install: PiInstall,
    home: PiHome,
    prompt: str,
    *,
    args: Sequence[str] = (),
    extensions: Sequence[str | os.PathLike[str]] = (),
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 30.0,
) -> Finished:
    """Run ``pi -p`` and wait for its end. Processes it leaves behind do not keep this waiting.

    Args:
        install: the pi.
        home: where it lives.
        prompt: the prompt.
        args: further arguments for pi.
        extensions: files or folders of extensions.
        env: variables added to those of the home.
        stdin: what is piped into it.
        timeout: seconds until it must have ended.

    Returns:
        What it wrote and how it ended.

    Raises:
        PiTimeoutError: it did not end in time; it was killed.
    """
    launch = Launch(install, home, "-p", args=[*args, prompt], extensions=extensions, env=env)
    done, _ = _run(launch, stdin, timeout)
    return done


def run_json(  # noqa: PLR0913 - as run_print
    install: PiInstall,
    home: PiHome,
    prompt: str,
    *,
    args: Sequence[str] = (),
    extensions: Sequence[str | os.PathLike[str]] = (),
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 30.0,
) -> FinishedJson:
    """Run ``pi --mode json``, wait for its end and parse its records.

    Args:
        install: the pi.
        home: where it lives.
        prompt: the prompt.
        args: further arguments for pi.
        extensions: files or folders of extensions.
        env: variables added to those of the home.
        stdin: what is piped into it.
        timeout: seconds until it must have ended.

    Returns:
        What it wrote and how it ended.

    Raises:
        PiTimeoutError: it did not end in time; it was killed.
        json.JSONDecodeError: something that is no JSON got into stdout.
    """
    launch = Launch(install, home, "--mode", "json", args=[*args, prompt], extensions=extensions, env=env)
    done, lines = _run(launch, stdin, timeout)
    return FinishedJson(**vars(done), records=[json.loads(line) for line in lines if line.strip()])


def _run(launch: Launch, stdin: str | None, timeout: float) -> tuple[Finished, list[bytes]]:
    lines: list[bytes] = []
    start = time.monotonic()
    process = PiProcess(launch, stdin=stdin is not None, on_line=lambda line: lines.append(line or b""))
    try:
        if process.popen.stdin is not None and stdin is not None:
            process.popen.stdin.write(stdin.encode())
            process.popen.stdin.close()
        code = process.wait(timeout)
        seconds = time.monotonic() - start
        survivors = process.survivors(_SURVIVOR_GRACE_SECONDS)
    except PiTimeoutError as error:
        error.add_note(f"it had written {b''.join(lines).decode(errors='replace')!r} to stdout")
        raise
    finally:
        process.destroy()
    stdout = b"".join(lines).decode(errors="replace")
    return Finished(stdout, process.stderr, code, seconds, list(survivors.values())), lines
