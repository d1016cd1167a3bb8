"""Components in real pi, in every version they are proved with: no key, and no network but for the first download."""

from pi_devkit.canary._furnish import furnish
from pi_devkit.canary._pis import Pi, find_pi
from pi_devkit.canary._row import Row, run_row

__all__ = ["Pi", "Row", "find_pi", "furnish", "run_row"]
