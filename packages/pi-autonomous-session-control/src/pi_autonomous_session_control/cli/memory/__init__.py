"""``pi-self memory``: look at what was learned, and put it right."""

from __future__ import annotations

from pi_autonomous_session_control.cli.memory import carry, change, look
from pi_host.commandline import application

__all__ = ["memory"]

memory = application("memory", help="What was learned: look at it, search it, put it right.")
memory.command("list")(look.list_)
memory.command("search")(look.search)
memory.command("add")(change.add)
memory.command("edit")(change.edit)
memory.command("forget")(change.forget)
memory.command("export")(carry.export_)
memory.command("import")(carry.import_)
memory.command("stats")(look.stats)
memory.command("backup")(carry.backup)
memory.command("restore")(carry.restore)
