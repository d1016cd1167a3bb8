"""pi's environment: ours, without what an outer pi said about itself, and with what ours is about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_session_persistence.launcher._settings import Options
    from pi_session_persistence.registry import Record

__all__ = ["environment"]

#: What pi and this package tell the tools about the session they belong to.
_OUTER: Final = frozenset(
    {
        "PI_MODEL",
        "PI_PROVIDER",
        "PI_REASONING_LEVEL",
        "PI_SESSION_EXTERNAL_ID",
        "PI_SESSION_EXTERNAL_PARENT",
        "PI_SESSION_FILE",
        "PI_SESSION_ID",
    }
)


def environment(options: Options, record: Record) -> dict[str, str]:
    """Return the environment of a pi that runs on the session of ``record``."""
    given: Mapping[str, str] = os.environ if options.env is None else options.env
    variables = {name: value for name, value in given.items() if name not in _OUTER}
    variables |= options.registry.variables(record)
    if options.plugins is not False:
        from pi_host.launch import environment as hosted  # noqa: PLC0415  # only for those who want plugins

        names = () if options.plugins is True else options.plugins
        variables |= hosted(plugins=[*_named(variables), *names], autoload=variables.get("PI_HOST_AUTOLOAD") != "0")
    return variables


def _named(variables: Mapping[str, str]) -> list[str]:
    return [name for name in variables.get("PI_HOST_PLUGINS", "").split(",") if name]
