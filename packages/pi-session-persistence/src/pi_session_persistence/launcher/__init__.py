"""pi run on the session of an external id, so that the conversation goes on and nothing of it is lost in silence."""

from pi_session_persistence.launcher._fork import fork_file
from pi_session_persistence.launcher._run import run, run_async
from pi_session_persistence.launcher._settings import Courier, Result, Settings

__all__ = ["Courier", "Result", "Settings", "fork_file", "run", "run_async"]
