"""The project's own families of checks for repo-review: ``PI``, ``REL``, ``OWN`` and ``VCH``.

They look at files only, so they run on a fresh scaffold, in a hook and on a clone alike.
"""

from pi_devkit.review._families import checks, families
from pi_devkit.review._policy import policy

__all__ = ["checks", "families", "policy"]
