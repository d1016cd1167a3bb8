"""All checks, in the order in which they run."""

from __future__ import annotations

from typing import Final

from pi_devkit.checks import (
    _artifacts,
    _audit,
    _canary,
    _contents,
    _effects,
    _graph,
    _history,
    _installed,
    _readme,
    _requirements,
    _source,
    _suites,
)
from pi_devkit.checks._model import Check

__all__ = ["CHECKS"]

_BUILT, _INSTALLED, _LOADED, _REGISTERED = ("R06",), ("R13",), ("R15",), ("R16",)

#: By what they build on: what looks at something installed comes after what installs it.
CHECKS: Final = (
    Check("R01", "registered, releasable, and everything committed", _source.registered),
    Check("R02", "pyproject.toml is valid and complete", _source.metadata),
    Check("R04", "newer than every release, and not on the index", _history.newer, quick=False),
    Check("R05", "the changelog has a finished section", _source.changelog),
    Check("R06", "sdist and wheel build, the same from either", _artifacts.builds),
    Check("R03", "the version is the same everywhere", _source.versions, needs=_BUILT),
    Check("R07", "a wheel for every Python 3, with a true RECORD", _artifacts.wheel_format, needs=_BUILT),
    Check("R08", "what is declared is in the files, and nothing else", _contents.contents, needs=_BUILT),
    Check("R09", "the licence is in both files, in SPDX in the metadata", _artifacts.licence, needs=_BUILT),
    Check("R10", "the README renders, and its links hold", _readme.readme, needs=_BUILT),
    Check("R11", "requirements are bounded as they should be", _requirements.requirements, needs=_BUILT),
    Check("R13", "it installs into a clean environment, by path", _installed.clean, needs=_BUILT),
    Check("R12", "it imports only what it requires", _requirements.imports, needs=_INSTALLED),
    Check("R14", "installed files are the wheel's, none is the checkout's", _installed.same_files, needs=_INSTALLED),
    Check("R15", "entry points are the promised ones, and load", _installed.entry_points, needs=_INSTALLED),
    Check("R16", "the real host takes its plugins", _installed.registration, needs=_LOADED),
    Check("R17", "it imports only what siblings make public", _graph.import_graph, needs=_INSTALLED),
    Check("R18", "nor anything else by name", _graph.dynamic_imports, needs=_LOADED),
    Check("R19", "importing it has no effects, and is quick", _effects.side_effects, needs=_LOADED),
    Check("R20", "its smoke function works", _effects.smoke, needs=_REGISTERED),
    Check("R21", "nothing is left behind, and it upgrades", _effects.removal, quick=False, needs=("R20",)),
    Check("R22", "its tests pass on the wheel, oldest and newest", _suites.suites, quick=False, needs=("R20",)),
    Check("R23", "what changed in its API fits the version", _history.api, quick=False, needs=_BUILT),
    Check("R24", "it works in each of its pis", _canary.canary, quick=False, needs=_REGISTERED),
    Check("R25", "a second build gives the same bytes", _artifacts.reproducible, quick=False, needs=_BUILT),
    Check("R26", "released users of it still work", _history.dependents, quick=False, needs=_INSTALLED),
    Check("R27", "no known vulnerabilities come with it", _audit.vulnerabilities, quick=False, needs=_INSTALLED),
)
