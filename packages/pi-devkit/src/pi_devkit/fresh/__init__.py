"""Whether an extension can follow its template: its answers, new versions, and an update that is rehearsed.

``copier update`` ends with 0 when it leaves conflicts behind, so the rehearsal looks for them itself.
"""

from pi_devkit.fresh._answers import Answers
from pi_devkit.fresh._drift import drift
from pi_devkit.fresh._latest import newer
from pi_devkit.fresh._rehearsal import Rehearsal, rehearse
from pi_devkit.fresh._report import Report, fresh

__all__ = ["Answers", "Rehearsal", "Report", "drift", "fresh", "newer", "rehearse"]
