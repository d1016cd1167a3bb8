"""A session in one file, with all that belongs to it, for another machine and another folder."""

from pi_session_persistence.bundle._errors import BundleError
from pi_session_persistence.bundle._land import Landed, unbundle
from pi_session_persistence.bundle._make import Bundled, bundle

__all__ = ["BundleError", "Bundled", "Landed", "bundle", "unbundle"]
