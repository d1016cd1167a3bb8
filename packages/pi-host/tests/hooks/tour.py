"""One walk through pi with a plugin that watches, for the many events that only tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hooked import Hooked

from pi_testkit import Call, Pi, PiHome, Say, ScriptedModel

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import PiInstall, RpcPi

_WATCHED = (
    "session_start",
    "session_info_changed",
    "session_shutdown",
    "session_tree",
    "agent_start",
    "agent_settled",
    "turn_start",
    "message_start",
    "message_update",
    "tool_execution_start",
    "tool_execution_update",
    "tool_execution_end",
    "ui_prompt_start",
    "ui_prompt_end",
    "after_provider_response",
    "provider_stream_event",
    "model_select",
    "thinking_level_select",
)

_SOURCE = """
from pi_host import command

@command
async def ask(args, ctx):
    ctx.ui.notify(str(await ctx.ui.confirm("Sure?", "Really?")))

@hookimpl
async def agent_end(event):
    saw(event, roles=event.messages.roles, last=(await event.messages.get(-1))["content"])
"""


def walk(install: PiInstall, model: ScriptedModel, root: Path) -> Hooked:
    """Drive one pi through runs, choices, a dialog, a tree move and two sessions, and end it.

    Args:
        install: which pi.
        model: an empty script.
        root: an empty folder.

    Returns:
        What the watching plugin saw.
    """
    home = PiHome(root / "pi")
    model.configure(home.agent_dir)
    tour = Hooked(Pi(install, home, model), root)
    plain = [f"@hookimpl\ndef {name}(event):\n    saw(event)\n" for name in _WATCHED]
    tour.plugin("\n".join([_SOURCE, *plain]))
    model.add(Call("bash", command="echo one; sleep 0.3; echo two"), Say("It is done.", thinking="Hm."))
    model.add(Call("nonsense"), Say("So be it."))
    with tour.rpc() as rpc:
        _tour(rpc)
    model.assert_exhausted()
    return tour


def _tour(rpc: RpcPi) -> None:
    rpc.on_ui(lambda _request: True)
    rpc.set_session_name("books")
    rpc.send("set_thinking_level", level="high")
    rpc.prompt("look")
    rpc.prompt("again")
    rpc.prompt("/ask")
    rpc.wait_for(lambda record: record.get("message") == "True")
    rpc.set_model("scripted", "scripted-2")
    rpc.prompt("/goto")
    rpc.wait_for(lambda record: record.get("message") == "moved")
    rpc.new_session()
