"""Session files made whole again: everything that can be read stays, everything that can't is kept beside the file."""

from pi_session_persistence.repair._draft import Action, Salvaged
from pi_session_persistence.repair._json import with_member
from pi_session_persistence.repair._plan import Plan, plan
from pi_session_persistence.repair._repair import Repair, repair_file

__all__ = ["Action", "Plan", "Repair", "Salvaged", "plan", "repair_file", "with_member"]
