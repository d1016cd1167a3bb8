"""From an external id to a file name: injective, short, and safe on every file system."""

from pi_session_persistence.mapping._gsd import gsd_file_name, gsd_key
from pi_session_persistence.mapping._names import canonical, file_name

__all__ = ["canonical", "file_name", "gsd_file_name", "gsd_key"]
