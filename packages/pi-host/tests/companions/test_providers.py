"""Model providers that plugins register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_testkit import Say

if TYPE_CHECKING:
    from pi_testkit import Pi, PluginWriter

PLUGIN = """
from pi_host import command


@command
async def join(args, ctx):
    await ctx.pi.register_provider("scripted", {"baseUrl": args, "apiKey": "key", "headers": {"x-house": "blue"}})


@command
async def leave(args, ctx):
    await ctx.pi.unregister_provider("scripted")
"""


def test_a_registered_provider_is_used_until_it_is_taken_back(hosted_pi: Pi, plugin: PluginWriter) -> None:
    plugin("provider", PLUGIN)
    hosted_pi.model.add(Say("one"), Say("two"))
    rpc = hosted_pi.rpc()
    rpc.prompt(f"/join {hosted_pi.model.url}")
    rpc.prompt("first")
    rpc.prompt("/leave")
    rpc.prompt("second")
    assert [request.header("x-house") for request in hosted_pi.model.requests] == ["blue", None]
