"""Sessions in other forms: as Markdown, as JSON lines, as web pages; without secrets, if they are to be shown."""

from pi_session_persistence.export._about import About, about
from pi_session_persistence.export._branches import Close, Open, walk
from pi_session_persistence.export._errors import ExportError
from pi_session_persistence.export._export import Form, export, write
from pi_session_persistence.export._redact import Redactor
from pi_session_persistence.export._stats_page import draw_stats
from pi_session_persistence.export._story import Block, Piece, Teller
from pi_session_persistence.export._text import many_lines, one_line

__all__ = [
    "About",
    "Block",
    "Close",
    "ExportError",
    "Form",
    "Open",
    "Piece",
    "Redactor",
    "Teller",
    "about",
    "draw_stats",
    "export",
    "many_lines",
    "one_line",
    "walk",
    "write",
]
