"""The act of sessions in ``pi-host demo``: pi is killed, its file damaged, and the conversation goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_host import PiHostError
from pi_host.demo import Playing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_host.demo import Outcome, Step
    from pi_testkit import Calls, PiHome, PiInstall, Request, Say, ScriptedModel

__all__ = ["act"]

_ID: Final = "TASK-7"
_TOLD: Final = ("I am Ada.", "We deploy on Friday.", "The port is 8443. Check it.")
_ASKED: Final = "What did I tell you?"

#: What the model says and has the shell do in the last turn.
_CHECK: Final = (
    ("I look at the settings.", "echo port = 8443"),
    ("And at the log.", "echo listening on 8443"),
    ("And whether it is open.", "kill -9 $(cat run.pid) $PPID"),
)

#: What a power failure takes: the middle of this, which pi wrote and had not synced.
_HOLE: Final = _CHECK[0][1].removeprefix("echo ")

#: Whose messages are compared: those that every pi sends as they are in the file.
_SPOKEN: Final = ("user", "assistant")

_TIMEOUT_S: Final = 60.0


def act(install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
    """A conversation that is killed and damaged goes on under its id.

    Args:
        install: the pi.
        home: where it lives.
        tell: is called with each step as it happens.

    Raises:
        PiHostError: pi broke off.
    """
    from pi_testkit import ScriptedModel  # noqa: PLC0415  # an extra

    with Playing(install, tell) as playing, ScriptedModel(_answer) as model:
        model.configure(home.agent_dir)
        scenes = _Scenes(install, home, model, playing)
        damaged = scenes.break_it()
        scenes.alone(damaged)
        scenes.mended(damaged)
    return playing.outcome()


def _answer(request: Request) -> Say | Calls:
    """The model: it takes note, and knows what it was sent."""
    from pi_testkit import Call, Calls, Say  # noqa: PLC0415  # an extra

    *before, last = request.texts("user")
    if last == _ASKED:
        return Say(f"You told me: {' '.join(before) or 'nothing.'}")
    if last == _TOLD[-1]:
        text, command = _CHECK[len(request.texts("tool"))]
        return Calls(Call("bash", command=command), text=text)
    return Say(f"Noted: {last}")


class _Damaged(NamedTuple):
    """The session file after the power failure.

    Attributes:
        file: the file of the id.
        data: what is in it.
        readable: the messages that can still be read in it, as role and text.
    """

    file: Path
    data: bytes
    readable: list[tuple[str, str]]


class _Scenes:
    def __init__(self, install: PiInstall, home: PiHome, model: ScriptedModel, playing: Playing) -> None:
        self._say = playing.say
        self._checks = playing.checks
        self._install = install
        self._home = home
        self._model = model
        programs = home.root / "bin"
        programs.mkdir()
        (programs / "pi").symlink_to(install.cli)
        (programs / "node").symlink_to(install.node)
        plain = home.env()
        self._env = plain | {
            "PATH": f"{programs}:{plain['PATH']}",
            "PI_SESSION_HOME": str(home.root / "ids"),
            "COLUMNS": "200",
        }

    def break_it(self) -> _Damaged:
        """Have a conversation, kill it, and do to its file what a power failure does."""
        from pi_host.sessionfile import Session  # noqa: PLC0415  # whoever lists the acts need not pay for it
        from pi_session_persistence.fsck import examine  # noqa: PLC0415  # as above
        from pi_session_persistence.registry import Registry  # noqa: PLC0415  # as above

        self._say("scene", "", f"A conversation under the id {_ID}")
        file = Registry(self._home.root / "ids").path_of(_ID)
        ended = [self._run(prompt) for prompt in _TOLD]
        _wait_for_end(file)
        self._say("bad", "power", "fails in the middle of this turn: everything is killed, and pi had synced nothing")
        self._checks["the last run is killed"] = ended == [0, 0, -signal.SIGKILL]
        _lose_power(file)
        for finding in examine(file).damage:
            self._say("bad", "fsck", f"line {finding.line}: {finding.message}")
        messages = [entry.message for entry in Session.read(file).entries]
        said = [(message.role, message.text) for message in messages if message is not None]
        return _Damaged(file, file.read_bytes(), [message for message in said if message[0] in _SPOKEN])

    def alone(self, damaged: _Damaged) -> None:
        """Let pi go on with a copy of the damaged file."""
        from pi_testkit import run_print  # noqa: PLC0415  # an extra

        self._say("scene", "", "pi alone, on a copy of the file")
        copy = self._home.root / "copy.jsonl"
        copy.write_bytes(damaged.data)
        self._say("say", "you", f'pi --session copy.jsonl -p "{_ASKED}"')
        done = run_print(self._install, self._home, _ASKED, args=["--session", str(copy)], timeout=_TIMEOUT_S)
        self._say("say", "model", done.stdout.strip())
        sent = self._sent()
        lost = [message for message in damaged.readable if message not in sent]
        silent = done.returncode == 0 and not done.stderr
        self._say("bad", "pi", f"did not send {len(lost)} of {len(damaged.readable)} messages that can be read")
        self._say("bad", "pi", f"ends with {done.returncode} and {'says nothing of it' if silent else 'complains'}")
        self._checks["pi alone loses turns and says nothing"] = bool(lost) and silent

    def mended(self, damaged: _Damaged) -> None:
        """Go on under the id."""
        from pi_session_persistence.fsck import examine  # noqa: PLC0415  # whoever lists the acts need not pay for it

        self._say("scene", "", "The same with pi-session run")
        self._run(_ASKED)
        saw = self._sent() == [*damaged.readable, ("user", _ASKED)]
        self._say("good" if saw else "bad", "model", f"was sent all {len(damaged.readable)} messages that can be read")
        self._checks["with run the model sees every message that can be read"] = saw
        self._checks["the file is whole again"] = not examine(damaged.file).damage
        kept = [path.name for path in damaged.file.parent.glob("*.bak-*") if path.read_bytes() == damaged.data]
        self._say("good" if kept else "bad", "run", f"copies of the damaged file beside the session: {len(kept)}")
        self._checks["the damaged file is kept"] = len(kept) == 1

    def _run(self, prompt: str) -> int:
        """Do what the command line does, tell it, and return how it ended."""
        self._say("say", "you", f'pi-session run {_ID} "{prompt}"')
        with subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-c", "from pi_session_persistence.cli import main; main()", "run", _ID, prompt],
            env=self._env,
            cwd=self._home.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            (self._home.cwd / "run.pid").write_text(str(run.pid), encoding="ascii")
            out, err = run.communicate(timeout=_TIMEOUT_S)
        for line in err.splitlines():
            self._say("good", "run", line.removeprefix("pi-session: "))
        for line in out.splitlines():
            self._say("say", "model", line)
        return run.returncode

    def _sent(self) -> list[tuple[str, str]]:
        """What was said in the last request."""
        request = self._model.requests[-1]
        texts = {role: iter(request.texts(role)) for role in _SPOKEN}
        roles = [message["role"] for message in request.messages]
        return [(role, next(texts[role])) for role in roles if role in texts]


def _wait_for_end(file: Path) -> None:
    """Wait until nobody has the session any more."""
    from pi_session_persistence.locking import is_locked  # noqa: PLC0415  # whoever lists the acts need not pay for it

    until = time.monotonic() + _TIMEOUT_S
    while is_locked(file):
        if time.monotonic() > until:
            raise PiHostError("pi was to be killed, and still runs; end it")
        time.sleep(0.02)


def _lose_power(file: Path) -> None:
    """Leave a file as a power failure may do: a block in it is zeros, and the last line is half there."""
    lines = file.read_bytes().splitlines(keepends=True)
    hole = next(number for number, line in enumerate(lines) if b'"toolResult"' in line and _HOLE.encode() in line)
    half = len(lines[hole]) // 2
    lines[hole] = lines[hole][:half] + bytes(len(lines[hole]) - half - 1) + b"\n"
    lines[-1] = lines[-1][: len(lines[-1]) // 2]
    file.write_bytes(b"".join(lines))
