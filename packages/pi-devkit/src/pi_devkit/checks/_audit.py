"""R27: known vulnerabilities of what gets installed with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pi_devkit._commands import run_tool
from pi_devkit._errors import EnvironmentMissingError
from pi_devkit.checks._model import Outcome, judge, not_asked
from pi_devkit.components import canonical

if TYPE_CHECKING:
    from pi_devkit.checks._context import Context

__all__ = ["vulnerabilities"]

#: How many names a message has room for.
_NAMED: Final = 3


def vulnerabilities(context: Context) -> Outcome:
    """R27: nothing that gets installed with it has a known vulnerability."""
    if not context.bench.audit:
        return not_asked("the vulnerability service", "--offline" if context.bench.offline else "--no-audit")
    words = ["--path", str(context.clean.site), "--format", "json", "--progress-spinner", "off"]
    done = run_tool("pip_audit", *words)
    try:
        rows = json.loads(done.out)["dependencies"]
    except (json.JSONDecodeError, KeyError) as error:
        reason = f"the vulnerability service could not be asked: {done.tail(1)[:200]}; ask later, or use --no-audit"
        raise EnvironmentMissingError(reason) from error
    ours = {canonical(one.name) for one in context.workspace.components} | {"pi-host", "pi-testkit"}
    unknown = [row["name"] for row in rows if "skip_reason" in row and canonical(row["name"]) not in ours]
    if unknown:
        names = ", ".join(sorted(unknown)[:_NAMED])
        raise EnvironmentMissingError(
            f"the vulnerability service knows nothing about {len(unknown)} of {len(rows)} ({names} ...); "
            "a mirror of an index knows files only; ask where the index itself can be reached, or use --no-audit"
        )
    found = [
        f"{row['name']} {row['version']} has {one['id']}, mended in {', '.join(one['fix_versions']) or 'none yet'}"
        for row in rows
        for one in row.get("vulns", [])
    ]
    return judge(found, asked=len(rows))
