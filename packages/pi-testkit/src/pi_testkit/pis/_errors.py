"""What can go wrong while a pi is being provisioned."""

__all__ = ["IntegrityError", "ProvisionError", "UnknownVersionError"]


class ProvisionError(RuntimeError):
    """A pi could not be provisioned; the message says what was tried and how to go on."""


class IntegrityError(ProvisionError):
    """What was downloaded is not what the lock file pins; nothing of it was kept."""


class UnknownVersionError(ProvisionError, ValueError):
    """The test kit has no lock file for the version asked for, or the registry no such version."""
