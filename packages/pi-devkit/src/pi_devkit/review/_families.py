"""All checks and what their families are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pi_devkit.review import _extension, _owners, _release, _trust

if TYPE_CHECKING:
    from repo_review.families import Family

__all__ = ["checks", "families"]

_CHECKS = (
    _extension.PI001,
    _extension.PI002,
    _extension.PI003,
    _extension.PI004,
    _release.REL001,
    _release.REL002,
    _release.REL003,
    _owners.OWN001,
    _owners.OWN002,
    _trust.VCH001,
    _trust.VCH002,
)


def checks() -> dict[str, Any]:
    """The checks by id, for repo-review."""
    return {check.__name__: check() for check in _CHECKS}


def families() -> dict[str, Family]:
    """The families, for repo-review."""
    return {
        "pi": {"name": "Extension of pi", "order": 10},
        "rel": {"name": "Ready for a release", "order": 11},
        "own": {"name": "Owners", "order": 12},
        "vch": {"name": "Who is trusted", "order": 13},
    }
