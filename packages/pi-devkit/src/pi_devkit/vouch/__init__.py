"""Who is vouched for: reads and edits ``VOUCHED.td``.

A workflow runs this with write access, from the code of the base branch and with what comes with Python alone. Nothing
here looks at a contribution itself.
"""

from pi_devkit.vouch._file import Entry, TrustList, VouchError
from pi_devkit.vouch._orders import Order, order

__all__ = ["Entry", "Order", "TrustList", "VouchError", "order"]
