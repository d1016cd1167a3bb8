"""What a component has to prove before it is released.

Example::

    with Bench(workspace) as bench:
        report = prove(bench, workspace.component("pi-lane"), Asked(quick=True))
    print(report.failed)
"""

from pi_devkit.checks._bench import Bench
from pi_devkit.checks._canary import rows, verdict
from pi_devkit.checks._context import Asked, Context
from pi_devkit.checks._model import Check, Outcome, Status
from pi_devkit.checks._prove import prove
from pi_devkit.checks._registry import CHECKS
from pi_devkit.checks._report import Record, Report

__all__ = [
    "CHECKS",
    "Asked",
    "Bench",
    "Check",
    "Context",
    "Outcome",
    "Record",
    "Report",
    "Status",
    "prove",
    "rows",
    "verdict",
]
