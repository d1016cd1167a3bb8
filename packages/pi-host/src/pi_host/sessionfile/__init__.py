"""pi's session files: read, checked, followed, added to and upgraded, the way pi itself understands them.

A session file is a tree in JSON lines. Nothing that is in a file makes this library raise: what is odd about it becomes
an ``Oddity``. docs/reference/session-files.md tells about the format and shows each part in use.
"""

from pi_host.files import replace
from pi_host.sessionfile._entry import Entry, Header
from pi_host.sessionfile._errors import SessionFileError
from pi_host.sessionfile._lines import Line, lines
from pi_host.sessionfile._message import Message, ToolCall, Usage
from pi_host.sessionfile._migration import migrate
from pi_host.sessionfile._oddity import Code, Oddity
from pi_host.sessionfile._projection import Model, Part, Projection
from pi_host.sessionfile._scan import Item, read_header, scan
from pi_host.sessionfile._session import Context, Session
from pi_host.sessionfile._tail import News, Tail
from pi_host.sessionfile._writing import append, create

__all__ = [
    "Code",
    "Context",
    "Entry",
    "Header",
    "Item",
    "Line",
    "Message",
    "Model",
    "News",
    "Oddity",
    "Part",
    "Projection",
    "Session",
    "SessionFileError",
    "Tail",
    "ToolCall",
    "Usage",
    "append",
    "create",
    "lines",
    "migrate",
    "read_header",
    "replace",
    "scan",
]
