"""The colours of the drawn picture, by day and by night."""

from __future__ import annotations

from typing import Final

__all__ = ["themed"]

_NAMES: Final = ("paper", "panel", "line", "ink", "soft", "alarm", "mark", "cx", *(f"c{lane}" for lane in range(8)))
_DAY: Final = (
    *("#ffffff", "#f5f6f8", "#e1e4e9", "#1b2027", "#66707c", "#c22f3a", "#fff0b3", "#a4adb8"),
    *("#1a7f4b", "#0b72b9", "#9a3fb5", "#b06a00", "#0f7d84", "#6353d1", "#ad4480", "#5b7a12"),
)
_NIGHT: Final = (
    *("#14171c", "#1c2027", "#2d333d", "#e3e7ec", "#8d97a5", "#ff7b84", "#54470f", "#626c7a"),
    *("#4ccb85", "#58b4f5", "#d68ff0", "#f0b04a", "#43c8cf", "#a79bff", "#f08fc0", "#b3d34a"),
)

_LINES: Final = """\
path { stroke: var(--c); stroke-width: 2; fill: none; }
path.fold { stroke: var(--paper); stroke-width: 4; stroke-dasharray: 2 3; }
.dot { fill: var(--c); stroke: var(--paper); stroke-width: 1.5; }
.head { fill: var(--paper); stroke: var(--c); stroke-width: 3; }
"""


def themed() -> str:
    """Return the style sheet of colours and lines: as the reader's system has it, or as ``data-theme`` says."""
    lanes = "\n".join(f".{name} {{ --c: var(--{name}); }}" for name in _NAMES if name.startswith("c"))
    return "\n".join(
        (
            f":root {{ color-scheme: light dark; {_values(_DAY)} }}",
            f"@media (prefers-color-scheme: dark) {{ :root {{ {_values(_NIGHT)} }} }}",
            f':root[data-theme="light"] {{ color-scheme: light; {_values(_DAY)} }}',
            f':root[data-theme="dark"] {{ color-scheme: dark; {_values(_NIGHT)} }}',
            lanes,
            _LINES,
        )
    )


def _values(colours: tuple[str, ...]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in zip(_NAMES, colours, strict=True))
