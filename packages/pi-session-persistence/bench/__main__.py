"""``nox -s bench -- pi-session-persistence``: catalogue and checks beside pi, grep, and reading anew.

Read the ratios; the milliseconds are this machine's. ``--json`` prints the rows as one JSON list, names of cases choose
among them.
"""

from __future__ import annotations

import sys

import measure_catalogue
import measure_fsck

from pi_testkit.bench import main

CASES = {
    "list": measure_catalogue.listing,
    "search": measure_catalogue.searching,
    "growth": measure_catalogue.growth,
    "open": measure_catalogue.opening,
    "fsck": measure_fsck.checking,
}

if __name__ == "__main__":
    sys.exit(main("pi-session-persistence", CASES, about=__doc__))
