"""What is wrong with a session file, found before pi finds it and says nothing. Nothing is ever written."""

from pi_session_persistence.fsck._examine import Examination, examine
from pi_session_persistence.fsck._finding import Finding, Severity

__all__ = ["Examination", "Finding", "Severity", "examine"]
