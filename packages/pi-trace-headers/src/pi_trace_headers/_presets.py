"""What each gateway wants to have: the data in ``presets.toml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["Launch", "Match", "Preset", "presets"]

_FILE: Final = Path(__file__).with_name("presets.toml")


class Match(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Whom headers may go to; what is given must fit, all of it.

    Attributes:
        provider: pattern of the provider's name, as in a shell; upper and lower case differ.
        host: pattern of the host in the model's base URL, in lower case.
    """

    provider: str | None = None
    host: str | None = None


class Launch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How ``pi-trace run`` makes a provider of the gateway.

    Attributes:
        provider: the provider's name in pi.
        key_env: the variable that holds its key.
        base_url: its OpenAI-compatible API; ``None`` where every installation has its own.
        base_url_env: a variable that overrules ``base_url``, and that is set for the pi that is started.
    """

    provider: str
    key_env: str
    base_url: str | None = None
    base_url_env: str | None = None


class Preset(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One gateway.

    Attributes:
        about: one line for people.
        source: where the names of its headers are documented.
        headers: template by name.
        match: whom it is for unless a rule says so: any of these.
        requires_env: variables without which nothing is sent.
        launch: what the launcher needs.
    """

    about: str
    source: str
    headers: dict[str, str]
    match: list[Match] = []
    requires_env: list[str] = []
    launch: Launch | None = None


@cache
def presets() -> dict[str, Preset]:
    """Return all presets by name, in the order of the file."""
    return msgspec.toml.decode(_FILE.read_bytes(), type=dict[str, Preset])
