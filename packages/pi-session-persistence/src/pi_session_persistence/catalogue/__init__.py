"""What there is in all sessions: a catalogue of them, kept up to date by reading only what is new, and searched."""

from pi_session_persistence.catalogue._catalogue import Catalogue, Refreshed
from pi_session_persistence.catalogue._database import default_file
from pi_session_persistence.catalogue._digest import KINDS
from pi_session_persistence.catalogue._errors import (
    AmbiguousSessionError,
    CatalogueError,
    DamagedCatalogueError,
    UnknownSessionError,
)
from pi_session_persistence.catalogue._filters import Filters
from pi_session_persistence.catalogue._naming import find_session
from pi_session_persistence.catalogue._places import Places, pi_sessions, places
from pi_session_persistence.catalogue._rows import Hit, Kept, Row, Said
from pi_session_persistence.catalogue._search import Found, Wanted
from pi_session_persistence.catalogue._sums import DayPart, Part, Sums, ToolSum
from pi_session_persistence.catalogue._tags import PINNED, Tags

__all__ = [
    "KINDS",
    "PINNED",
    "AmbiguousSessionError",
    "Catalogue",
    "CatalogueError",
    "DamagedCatalogueError",
    "DayPart",
    "Filters",
    "Found",
    "Hit",
    "Kept",
    "Part",
    "Places",
    "Refreshed",
    "Row",
    "Said",
    "Sums",
    "Tags",
    "ToolSum",
    "UnknownSessionError",
    "Wanted",
    "default_file",
    "find_session",
    "pi_sessions",
    "places",
]
