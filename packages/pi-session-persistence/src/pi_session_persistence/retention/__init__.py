"""What becomes of old sessions: which ones go, to the trash first, and back from there or away for good."""

from pi_session_persistence.retention._errors import RetentionError
from pi_session_persistence.retention._manifest import Manifest
from pi_session_persistence.retention._policy import Candidate, Policy, Selection, select
from pi_session_persistence.retention._prune import GRACE_S, Pruned, prune, survey
from pi_session_persistence.retention._trash import Trash, is_trashed
from pi_session_persistence.retention._trashed import Trashed

__all__ = [
    "GRACE_S",
    "Candidate",
    "Manifest",
    "Policy",
    "Pruned",
    "RetentionError",
    "Selection",
    "Trash",
    "Trashed",
    "is_trashed",
    "prune",
    "select",
    "survey",
]
