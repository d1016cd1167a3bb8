"""A plugin's module inside real pi, and what it and the plugin say to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi, PluginWriter

PLUGIN = """
from pi_host import command, companion, hookimpl

inside = companion("inside.js")
heard = []


@inside.on("double")
async def double(data, ctx):
    return {"twice": data["number"] * 2, "session": ctx.session.id}


@inside.on("note")
def note(data):
    heard.append(data)


@command
async def ask(args, ctx):
    return f"pi said {await inside.call(ctx, args, {'to': 'pi'})}, noted {heard}"
"""

MODULE = """
export default function (pi, side) {
    let sessions = 0;
    side.onSession(async (event) => {
        sessions++;
        side.post("note", `session ${event.reason}`);
    });
    side.on("echo", (data) => ({ heard: data, sessions }));
    side.on("fail", () => { throw new Error("no such thing"); });
    side.on("twice", async () => (await side.call("double", { number: 21 })).twice);
    side.on("unknown", () => side.call("nothing of the kind"));
    pi.on("tool_call", () => ({ block: true, reason: "the module says no" }));
}
"""


def _install(plugin: PluginWriter, module: str = MODULE) -> Path:
    path = plugin("accompanied", PLUGIN)
    inside = path.with_name("inside.js")
    inside.write_text(module)
    return inside


def _notices(pi: Pi, prompt: str) -> list[str]:
    rpc = pi.rpc()
    rpc.prompt(prompt)
    return [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]


def test_python_asks_the_module(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    said = "pi said {'heard': {'to': 'pi'}, 'sessions': 1}, noted ['session startup']"
    assert _notices(hosted_pi, "/ask echo") == [said]


def test_a_manifest_that_knows_the_module_loads_it_before_python_runs(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    first = _notices(hosted_pi, "/ask echo")
    assert _notices(hosted_pi, "/ask echo") == first


def test_the_module_asks_python(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    assert _notices(hosted_pi, "/ask twice") == ["pi said 42, noted ['session startup']"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("fail", "no such thing"),
        ("missing", "the companion module of plugin 'accompanied' has no answer to 'missing'"),
        ("unknown", "plugin 'accompanied' has no answer to 'nothing of the kind' of its companion module"),
    ],
)
def test_an_answer_that_fails_is_an_error_on_the_other_side(
    hosted_pi: Pi, plugin: PluginWriter, name: str, error: str
) -> None:
    _install(plugin)
    rpc = hosted_pi.rpc()
    rpc.prompt(f"/ask {name}")
    (failure,) = rpc.errors
    assert error in failure["error"]


def test_the_module_takes_part_in_pis_own_events(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    hosted_pi.model.add(Call("bash", command="echo hello"), Say("So be it."))
    hosted_pi.print("go")
    assert hosted_pi.model.requests[1].texts("tool") == ["the module says no"]


def test_a_module_that_fails_to_load_is_named_and_the_plugin_goes_on(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin, "throw new Error('not today');")
    hosted_pi.model.add(Say("hello"))
    done = hosted_pi.print("go")
    assert done.stdout == "hello\n"
    assert "plugin 'accompanied': its companion module failed: not today" in done.stderr


def test_a_module_that_does_not_exist_breaks_its_plugin(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin).unlink()
    hosted_pi.model.add(Say("hello"))
    done = hosted_pi.print("go")
    assert done.stdout == "hello\n"
    assert "inside.js' does not exist" in done.stderr


def test_a_notice_that_fails_is_told(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin, "export default (pi, side) => side.onSession(() => side.post('double', {}));")
    rpc = hosted_pi.rpc()
    told = rpc.wait_for("extension_ui_request")
    assert told["message"] == "pi-host: plugin 'accompanied': what its companion module said failed: KeyError: 'number'"


@pytest.mark.pi_since("0.87.1")
def test_every_session_begins_in_the_module_too(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    rpc = hosted_pi.rpc()
    rpc.send("new_session")
    rpc.prompt("/ask echo")
    last = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"][-1]
    assert "'session startup', 'session new'" in last
