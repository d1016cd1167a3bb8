"""Variables that plugins set in pi's own environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import Pi, PluginWriter

PLUGIN = """
from pi_host import hookimpl


@hookimpl
async def session_start(ctx):
    await ctx.pi.set_env({"HOUSE": "blue", "GARDEN": None})
"""


def test_tools_inherit_what_a_plugin_set(hosted_pi: Pi, plugin: PluginWriter) -> None:
    plugin("environment", PLUGIN)
    hosted_pi.model.add(Call("bash", command="echo house=$HOUSE garden=${GARDEN-gone}"), Say("seen"))
    hosted_pi.print("go", env={"GARDEN": "green"})
    assert hosted_pi.model.requests[1].texts("tool") == ["house=blue garden=gone\n"]


def test_what_was_there_comes_back_when_the_session_ends(hosted_pi: Pi, plugin: PluginWriter) -> None:
    plugin("environment", PLUGIN)
    told = hosted_pi.home.root / "told.json"
    watcher = hosted_pi.home.root / "watcher.js"
    # Runs after the bridge, which pi loads first.
    watcher.write_text(f"""
        import {{ writeFileSync }} from "node:fs";
        export default (pi) => pi.on("session_shutdown", () =>
            writeFileSync({json.dumps(str(told))}, JSON.stringify([process.env.HOUSE ?? null, process.env.GARDEN])));
    """)
    hosted_pi.model.add(Say("hello"))
    hosted_pi.print("go", env={"GARDEN": "green"}, extensions=[watcher])
    assert json.loads(told.read_text()) == [None, "green"]
