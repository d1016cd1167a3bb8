"""Real pi, in the versions the test kit knows, each with a Node that runs it.

Importing this package is cheap: nothing is looked up or fetched before :func:`provision` is called.
"""

from pi_testkit.pis._catalog import PI_VERSIONS, PiInstall
from pi_testkit.pis._errors import IntegrityError, ProvisionError, UnknownVersionError
from pi_testkit.pis._provision import cache_dir, candidate, find, provision

__all__ = [
    "PI_VERSIONS",
    "IntegrityError",
    "PiInstall",
    "ProvisionError",
    "UnknownVersionError",
    "cache_dir",
    "candidate",
    "find",
    "provision",
]
