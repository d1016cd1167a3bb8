"""pi's settings: whether they name our package, and how they become again what they were."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pi_host._errors import ConfigError, HandledError
from pi_host.files import replace

if TYPE_CHECKING:
    from typing import Self

    from pi_host.cli._package import Scope
    from pi_host.pis import Pi

__all__ = ["Undo", "is_listed", "tell_pi"]

_PI_SECONDS: Final = 60.0


class Undo(msgspec.Struct, kw_only=True):
    """What it takes to leave pi's files as they were found; kept in the package's folder.

    ``pi remove`` alone does not: it lays the whole file out anew and leaves an empty list behind.

    Attributes:
        before: pi's settings before the installation; ``None`` if there was no such file.
        after: SHA-256 of pi's settings after it, in hex.
        made: folders that were made for it, outermost first.
    """

    before: bytes | None
    after: str = ""
    made: list[str] = []

    @classmethod
    def begin(cls, scope: Scope) -> Self:
        """Take down how things are before an installation."""
        made = [str(folder) for folder in reversed((scope.root, *scope.root.parents)) if not folder.exists()]
        return cls(before=_contents(scope.settings), made=made)

    @classmethod
    def read(cls, scope: Scope) -> Self | None:
        """Return what an earlier installation took down, ``None`` if there is nothing that can be read."""
        try:
            return msgspec.json.decode((scope.package / "undo.json").read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, scope: Scope) -> None:
        """Keep this, with pi's settings as they are now."""
        self.after = _digest(scope.settings)
        replace(scope.package / "undo.json", [msgspec.json.encode(self)])

    def restore(self, scope: Scope) -> bool:
        """Put pi's settings back unless somebody has changed them since; return whether that was done."""
        if _digest(scope.settings) != self.after:
            return False
        self.put_back(scope)
        return True

    def put_back(self, scope: Scope) -> None:
        """Make pi's settings what they were, whatever is in them now."""
        path = scope.settings
        if self.before is None:
            path.unlink(missing_ok=True)
        elif _contents(path) != self.before:
            mode = path.stat().st_mode & 0o7777 if path.exists() else 0o600
            replace(path, [self.before])
            path.chmod(mode)

    def clean(self) -> None:
        """Remove the folders that were made for the installation, as far as nothing else is in them now."""
        for folder in reversed(self.made):
            try:
                Path(folder).rmdir()
            except OSError:
                return


def is_listed(scope: Scope) -> bool:
    """Whether pi's settings name the package.

    Raises:
        ConfigError: the settings are not JSON. pi goes on without such a file, and would say that it is installed.
    """
    try:
        settings = json.loads(_contents(scope.settings) or b"{}")
    except json.JSONDecodeError as error:
        raise ConfigError(scope.settings, error.lineno, f"invalid JSON: {error.msg}; mend this file first") from error
    except UnicodeDecodeError as error:
        raise ConfigError(scope.settings, None, f"not UTF-8: {error}; mend this file first") from error
    entries = settings.get("packages") if isinstance(settings, dict) else None
    # What is no list names nothing, for pi neither.
    return isinstance(entries, list) and any(_names(entry, scope) for entry in entries)


def tell_pi(pi: Pi, command: Literal["install", "remove"], scope: Scope) -> None:
    """Run ``pi install`` or ``pi remove`` on the package.

    Raises:
        HandledError: it failed; the message has pi's words.
    """
    words = [*pi.argv, command, str(scope.package), *scope.flags]
    try:
        done = subprocess.run(  # noqa: S603  # the user's own pi
            words,
            cwd=scope.cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PI_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HandledError(f"`pi {command}` can't be run: {error}") from error
    if done.returncode != 0:
        said = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        if scope.flags and "not trusted" in said:
            # What pi proposes would run the project's own extensions; that is for the user to decide, in pi.
            raise HandledError(f"pi does not trust the project in {str(scope.cwd)!r}; start pi there once and trust it")
        raise HandledError(f"`pi {command}` ended with exit code {done.returncode}: {said}")
    if is_listed(scope) != (command == "install"):
        raise HandledError(f"`pi {command}` ended well, but {str(scope.settings)!r} does not show it")


def _names(entry: object, scope: Scope) -> bool:
    source = entry.get("source") if isinstance(entry, dict) else entry
    if not isinstance(source, str):
        return False
    try:
        # pi writes paths relative to the folder that the settings belong to.
        return (scope.root / Path(source).expanduser()).resolve() == scope.package.resolve()
    except (OSError, RuntimeError, ValueError):  # a home of nobody, a null byte: no path at all
        return False


def _contents(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(path: Path) -> str:
    contents = _contents(path)
    return "" if contents is None else hashlib.sha256(contents).hexdigest()
