"""The pi that runs, and what depends on its version."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pi_host.pis import find_pi, node_problem
from pi_session_persistence._errors import PersistenceError

__all__ = ["Program", "program"]

#: Goes on with a file that has a header and nothing else; older ones write a second header.
_ADOPTS_HEADER: Final = (0, 87)

#: Says ``agent_settled`` when a run is over, retries and compaction included.
_ANNOUNCES: Final = (0, 80, 4)


class Program(NamedTuple):
    """A pi that can be started.

    Attributes:
        argv: the start of its command line.
        version: such as ``1.5.2``; empty if it can't be told, and then it counts as an old one.
    """

    argv: tuple[str, ...]
    version: str

    @property
    def adopts_header(self) -> bool:
        """Whether the file can be made before pi runs."""
        return _numbers(self.version) >= _ADOPTS_HEADER

    @property
    def announces(self) -> bool:
        """Whether it says when it is settled."""
        return _numbers(self.version) >= _ANNOUNCES


def program(wanted: str | None) -> Program:
    """Return the pi to run.

    Raises:
        HandledError: there is none.
        PersistenceError: there is no Node that runs it.
    """
    found = find_pi(wanted)
    if problem := node_problem(found):
        raise PersistenceError(problem)
    return Program(found.argv, found.version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
