from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pi_testkit import Say

if TYPE_CHECKING:
    from pi_testkit import Pi, PluginWriter

EXAMPLE = Path(__file__).parents[4] / "examples" / "sticky_notes.py"


def _install(plugin: PluginWriter) -> None:
    path = plugin("sticky_notes", EXAMPLE)
    path.with_suffix(".js").write_text(EXAMPLE.with_suffix(".js").read_text("utf-8"), "utf-8")


def test_a_note_is_drawn_in_a_frame(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    tui = hosted_pi.tui(columns=60)
    tui.wait_ready()
    tui.type("/note water the plants")
    tui.press("enter")
    tui.wait_for("│ water the plants ")
    assert "┌──" in tui.screen()


def test_the_model_reads_the_note_with_the_next_prompt(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    hosted_pi.model.add(Say("I will."))
    rpc = hosted_pi.rpc()
    rpc.prompt("/note water the plants")
    rpc.prompt("and then?")
    assert hosted_pi.model.requests[0].texts("user") == ["water the plants", "and then?"]


def test_an_empty_note_is_asked_for(hosted_pi: Pi, plugin: PluginWriter) -> None:
    _install(plugin)
    rpc = hosted_pi.rpc()
    rpc.prompt("/note")
    assert [request["message"] for request in rpc.ui_requests] == ["What shall the note say? /note TEXT"]
