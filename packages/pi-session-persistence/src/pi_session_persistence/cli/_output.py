"""What is wrong, told by the program's name."""

from __future__ import annotations

from functools import partial

from pi_host import commandline

__all__ = ["NAME", "say_error"]

#: What people type.
NAME = "pi-session"

#: Write a message to stderr.
say_error = partial(commandline.say_error, NAME)
