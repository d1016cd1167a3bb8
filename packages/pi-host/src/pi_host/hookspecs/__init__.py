"""The hooks a plugin may implement: one per event of pi, under pi's own names.

Written by codegen/sync.py; do not edit.
"""

from pi_host.hookspecs._messages import MessagesHooks
from pi_host.hookspecs._model import ModelHooks
from pi_host.hookspecs._run import RunHooks
from pi_host.hookspecs._session import SessionHooks
from pi_host.hookspecs._startup import StartupHooks
from pi_host.hookspecs._tools import ToolsHooks

__all__ = ["ALL", "MessagesHooks", "ModelHooks", "RunHooks", "SessionHooks", "StartupHooks", "ToolsHooks"]

#: Every class with hook specifications, to be given to ``PluginManager.add_hookspecs``.
ALL: tuple[type, ...] = (MessagesHooks, ModelHooks, RunHooks, SessionHooks, StartupHooks, ToolsHooks)
