"""The two marks of pluggy under this host's name."""

from typing import Final

import pluggy

__all__ = ["hookimpl", "hookspec"]

hookspec: Final = pluggy.HookspecMarker("pi_host")
"""Marks a hook that plugins may implement; used by the generated specifications only."""

hookimpl: Final = pluggy.HookimplMarker("pi_host")
"""Marks a function or method as the implementation of the hook of the same name.

It may be a plain or an ``async def`` function and takes any of ``event`` and ``ctx``, by these names. ``tryfirst=True``
and ``trylast=True`` move it within the order of plugins; ``specname="input"`` implements a hook under another name.
"""
