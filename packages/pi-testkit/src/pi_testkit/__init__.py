"""Test pi extensions against the real pi.

Everything public is here and is imported when it is first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pi_testkit.fake import FakePi, FakeUI, Fired, Notice, Recorded, ToolRun, UnansweredError
    from pi_testkit.home import PiHome, PluginWriter
    from pi_testkit.model import Call, Calls, Cut, Fail, ModelSpec, Request, Say, ScriptedModel, Turn, Usage
    from pi_testkit.oneshot import Finished, FinishedJson, run_json, run_print
    from pi_testkit.pi import Pi
    from pi_testkit.pis import PI_VERSIONS, PiInstall, ProvisionError, provision
    from pi_testkit.process import PiExitedError, PiTimeoutError
    from pi_testkit.rpc import RpcError, RpcPi
    from pi_testkit.tui import TuiPi

__all__ = [
    "PI_VERSIONS",
    "Call",
    "Calls",
    "Cut",
    "Fail",
    "FakePi",
    "FakeUI",
    "Finished",
    "FinishedJson",
    "Fired",
    "ModelSpec",
    "Notice",
    "Pi",
    "PiExitedError",
    "PiHome",
    "PiInstall",
    "PiTimeoutError",
    "PluginWriter",
    "ProvisionError",
    "Recorded",
    "Request",
    "RpcError",
    "RpcPi",
    "Say",
    "ScriptedModel",
    "ToolRun",
    "TuiPi",
    "Turn",
    "UnansweredError",
    "Usage",
    "provision",
    "run_json",
    "run_print",
]

_HOMES = {
    "fake": ("FakePi", "FakeUI", "Fired", "Notice", "Recorded", "ToolRun", "UnansweredError"),
    "home": ("PiHome", "PluginWriter"),
    "model": ("Call", "Calls", "Cut", "Fail", "ModelSpec", "Request", "Say", "ScriptedModel", "Turn", "Usage"),
    "oneshot": ("Finished", "FinishedJson", "run_json", "run_print"),
    "pi": ("Pi",),
    "pis": ("PI_VERSIONS", "PiInstall", "ProvisionError", "provision"),
    "process": ("PiExitedError", "PiTimeoutError"),
    "rpc": ("RpcError", "RpcPi"),
    "tui": ("TuiPi",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
