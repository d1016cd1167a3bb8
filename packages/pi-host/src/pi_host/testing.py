"""The host without pi: what runs plugins in one process, for a stand-in for pi such as pi-testkit's ``FakePi``.

Here is what plugins never need: the registry, the runtime that takes events through it, and the texts of the wire. It
follows the host from version to version; pi-testkit is released with it.
"""

from pi_host._base import Event, EventInfo
from pi_host._catalog import CATALOG
from pi_host._codec import decode, encode
from pi_host._config import Config
from pi_host._context import Facts, Mode, Signal
from pi_host._errors import PluginError
from pi_host._hook import Outcome
from pi_host._inflight import InFlight
from pi_host._log import log
from pi_host._plugins import Plugin, load
from pi_host._registry import Registry
from pi_host._reporter import Reporter
from pi_host._runtime import Request, Runtime
from pi_host._tools import blocks
from pi_host._watchdog import Mark

__all__ = [
    "CATALOG",
    "Config",
    "Event",
    "EventInfo",
    "Facts",
    "InFlight",
    "Mark",
    "Mode",
    "Outcome",
    "Plugin",
    "PluginError",
    "Registry",
    "Reporter",
    "Request",
    "Runtime",
    "Signal",
    "blocks",
    "decode",
    "encode",
    "load",
    "log",
]
