"""What ``pi-trace run`` tells the plugin, in the pi that it starts and in that one's children: by environment only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_trace_headers._errors import TraceError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RULES", "with_launch_rules"]

#: JSON list of rules that come before those of the configuration.
RULES: Final = "PI_TRACE_RULES"


def with_launch_rules(table: Mapping[str, Any], environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the plugin's options with the launcher's rules before the user's.

    Who launches a pi for a gateway wants it to be told, so ``PI_TELEMETRY`` and ``DO_NOT_TRACK`` do not stop them.

    Raises:
        TraceError: the variable holds something else.
    """
    text = environ.get(RULES)
    if not text:
        return table
    try:
        rules = msgspec.json.decode(text, type=list[dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise TraceError(f"{RULES} in the environment is no list of rules: {error}; unset it") from None
    return {**table, "rule": [*rules, *table.get("rule", [])], "opt_out": "ignore"}
