"""A new environment outside the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_devkit._commands import Done, run
from pi_devkit._errors import DevkitError
from pi_devkit.proving._uv import uv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Venv"]

_PROBES: Final = Path(__file__).parent / "probes"


@dataclass(frozen=True, slots=True)
class Venv:
    """An environment.

    Attributes:
        folder: where it is.
        offline: whether nothing may be fetched for it.
    """

    folder: Path
    offline: bool = False

    @classmethod
    def make(cls, folder: Path, python: Path, *, offline: bool = False) -> Venv:
        """Make an empty one.

        Args:
            folder: where; it must not be there yet.
            python: the interpreter.
            offline: whether nothing may be fetched for it.

        Raises:
            DevkitError: it can't be made.
        """
        done = run(["uv", "venv", "--no-project", "--no-config", "--python", python, folder])
        if not done.ok:
            raise DevkitError(f"no environment can be made with {str(python)!r}:\n{done.tail()}")
        return cls(folder, offline)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site(self) -> Path:
        """The folder that distributions are installed into."""
        return next((self.folder / "lib").glob("python3*/site-packages"))

    def install(self, *what: str | Path, lowest: bool = False) -> None:
        """Install.

        Args:
            what: paths of wheels, and requirements.
            lowest: whether direct requirements get the oldest version that they allow.

        Raises:
            DevkitError: it can't be installed; the message ends with the reason.
            EnvironmentMissingError: something is not in uv's cache, and may not be fetched.
        """
        words = ["pip", "install", "--python", str(self.python), "--no-progress", *map(str, what)]
        words += ["--resolution", "lowest-direct"] * lowest
        done = uv(words, cwd=self.folder, offline=self.offline)
        if not done.ok:
            names = ", ".join(Path(one).name for one in what)
            raise DevkitError(f"{names} can't be installed together into a new environment:\n{done.tail()}")

    def pip(self, *words: str) -> Done:
        """Run ``uv pip`` on it.

        Args:
            words: the command and its options.
        """
        return run(["uv", "pip", *words, "--python", str(self.python)], cwd=self.folder)

    def files(self) -> set[str]:
        """The files in its site folder, relative to it; compiled ones left out."""
        paths = (path.relative_to(self.site) for path in self.site.rglob("*") if path.is_file())
        return {path.as_posix() for path in paths if "__pycache__" not in path.parts}

    def run(self, *words: str | Path, env: Mapping[str, str] | None = None, timeout: float = 120.0) -> Done:
        """Run its interpreter isolated, without writing compiled files, in its own folder.

        Args:
            words: its arguments.
            env: variables that are added.
            timeout: seconds until it is killed.
        """
        return run([self.python, "-I", "-B", *words], cwd=self.folder, env=env, timeout=timeout)

    def probe(self, name: str, request: Mapping[str, Any] | Sequence[Any], **options: Any) -> dict[str, Any]:
        """Run one of the small scripts that look at an installed component.

        Args:
            name: of the script.
            request: what it is to look at.
            options: as for :meth:`run`.

        Returns:
            What it found.

        Raises:
            DevkitError: it died.
        """
        done = self.run(_PROBES / f"{name}.py", json.dumps(request), **options)
        last = done.out.strip().splitlines()[-1:] or [""]
        try:
            found: dict[str, Any] = json.loads(last[0])
        except json.JSONDecodeError:
            raise DevkitError(f"looking at what is installed ended with {done.code}:\n{done.tail()}") from None
        return found
