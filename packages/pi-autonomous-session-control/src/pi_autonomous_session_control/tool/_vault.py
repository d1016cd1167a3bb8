"""Whether the prompt vault on this machine fits this package: versions read, nothing changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Compatibility", "compatibility"]

_OWN_FLOOR: Final = (0, 1, 0)
_CLIENT_FLOOR: Final = (1, 2, 0)
_SCHEMA: Final = 1
_TIMEOUT_MS: Final = 3000
_PACKAGE: Final = "pi-autonomous-session-control"


class Compatibility(msgspec.Struct, frozen=True):
    """What was found; ``None`` for what is not there."""

    status: Literal["supported", "limited", "incompatible", "unavailable"]
    own: str | None
    client: str | None
    schema: int | None
    problems: tuple[str, ...]

    @property
    def level(self) -> Literal["info", "warning", "error"]:
        """How to tell it."""
        levels: dict[str, Literal["info", "warning", "error"]] = {"supported": "info", "limited": "warning"}
        return levels.get(self.status, "error")

    @property
    def markdown(self) -> str:
        """It as a page."""
        listed = [f"- {problem}" for problem in self.problems] or ["- none"]
        facts = [f"- {_PACKAGE}: {self.own}", f"- vault-client: {self.client}", f"- schema: {self.schema}"]
        return "\n".join(
            ["# Prompt vault compatibility", "", f"Status: {self.status}", "", *facts, "", "## Issues", "", *listed]
        )


def compatibility(env: Mapping[str, str] = os.environ) -> Compatibility:
    """Look which versions are there and whether they fit; takes as long as the database's own time limit at most."""
    own, client, schema = _own(env), _client(env), _schema(env)
    problems = []
    for name, found, floor in ((_PACKAGE, own, _OWN_FLOOR), ("vault-client", client, _CLIENT_FLOOR)):
        if found is None:
            problems.append(f"the version of {name} is not known")
        elif _parts(found) < floor:
            problems.append(f"{name} {found} is older than {'.'.join(map(str, floor))}: update it")
    if schema is None:
        problems.append("the vault's schema version is not known: set VAULT_DIR to its database, and install dolt")
    elif schema != _SCHEMA:
        problems.append(f"the vault has schema {schema}, this package knows {_SCHEMA}")
    status: Literal["supported", "limited", "incompatible", "unavailable"] = "limited" if problems else "supported"
    if schema is not None and schema > _SCHEMA:
        status = "incompatible"
    elif own is None or client is None or schema is None:
        status = "unavailable"
    return Compatibility(status, own, client, schema, tuple(problems))


def _own(env: Mapping[str, str]) -> str | None:
    if manifest := env.get("PI_AUTONOMY_PACKAGE_JSON"):
        return _version(Path(manifest))
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return None


def _client(env: Mapping[str, str]) -> str | None:
    named = env.get("PI_VAULT_CLIENT_DIR") or env.get("VAULT_CLIENT_DIR")
    folder = Path(named).expanduser() if named else Path.home() / ".pi" / "agent" / "extensions" / "vault-client"
    return _version(folder / "package.json")


def _version(manifest: Path) -> str | None:
    try:
        found = json.loads(manifest.read_bytes()).get("version")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _schema(env: Mapping[str, str]) -> int | None:
    folder = env.get("VAULT_DIR")
    if not folder:
        return None
    limit = env.get("PI_PROMPT_VAULT_SCHEMA_PROBE_TIMEOUT_MS", "")
    query = ["dolt", "sql", "-r", "json", "-q", "SELECT max(version) AS version FROM schema_version"]
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            query,
            cwd=Path(folder).expanduser(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=(int(limit) if limit.isdigit() else _TIMEOUT_MS) / 1000,
            check=True,
        )
        rows: Any = json.loads(done.stdout)["rows"]
        return int(rows[0]["version"])
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        return None


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
