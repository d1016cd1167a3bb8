"""The project's own families of checks for repo-review: ``PI``, ``REL`` and ``OWN``.

They look at files only, so they run on a fresh scaffold, in a hook and on a clone alike.
"""

from pi_devkit.review._families import checks, families

__all__ = ["checks", "families"]
