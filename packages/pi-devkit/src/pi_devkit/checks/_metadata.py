"""The metadata of a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.metadata import Metadata

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pi_devkit.checks._context import Context

__all__ = ["metadata_of"]


def metadata_of(context: Context) -> Metadata:
    """The METADATA of the wheel on the bench.

    Raises:
        DevkitError: it is missing or not valid.
    """
    try:
        return Metadata.from_email(context.metadata("METADATA"))
    except UnicodeDecodeError as error:
        raise DevkitError(f"the wheel's METADATA is no text in UTF-8: {error.reason}; build it anew") from error
    except ExceptionGroup as error:
        first = error.exceptions[0]
        raise DevkitError(f"the wheel's METADATA is not valid: {first}; mend pyproject.toml") from error
