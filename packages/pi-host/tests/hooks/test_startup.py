from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from hooked import Hooked

    from pi_testkit import RpcPi


def names_of_commands(rpc: RpcPi) -> set[str]:
    return {command["name"] for command in rpc.get_commands()}


@pytest.mark.pi_since("0.87.1")
def test_hook_project_trust(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def project_trust(event, ctx):
            saw(event, ctx=[ctx.cwd, ctx.mode, ctx.has_ui])
            return ProjectTrustAnswer(trusted="yes", remember=True)
    """)
    prompts = hooked.cwd / ".pi" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "secret.md").write_text("Say the secret.")

    rpc = hooked.rpc()

    (seen,) = hooked.seen("project_trust")
    assert (seen["cwd"], seen["ctx"]) == (str(hooked.cwd), [str(hooked.cwd), "rpc", False])
    assert "secret" in names_of_commands(rpc)
    assert json.loads((hooked.pi.home.agent_dir / "trust.json").read_text()) == {str(hooked.cwd): True}


@pytest.mark.pi_since("0.87.1")
def test_a_project_that_no_plugin_trusts_brings_nothing(hooked: Hooked) -> None:
    for name, answer in (("a", "undecided"), ("b", "no"), ("c", "yes")):
        hooked.plugin(
            f"""
            @hookimpl
            def project_trust(event):
                saw(event, by="{name}")
                return ProjectTrustAnswer(trusted="{answer}")
            """,
            name,
        )
    prompts = hooked.cwd / ".pi" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "secret.md").write_text("Say the secret.")

    rpc = hooked.rpc()

    assert [call["by"] for call in hooked.seen("project_trust")] == ["a", "b"]
    assert "secret" not in names_of_commands(rpc)
    assert not (hooked.pi.home.agent_dir / "trust.json").exists()


@pytest.mark.pi_since("0.87.1")
def test_plugins_of_a_project_run_once_a_plugin_trusts_it(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def project_trust(event):
            return ProjectTrustAnswer(trusted="yes")

        @hookimpl
        def session_start(event, ctx):
            saw(event, by="user", trusted=ctx.trusted)
    """)
    hooked.plugin(
        """
        @hookimpl
        def session_start(event, ctx):
            saw(event, by="project", trusted=ctx.trusted)

        @hookimpl(specname="input")
        def rewrite(event):
            return Transform(event.text + ", says the project")
        """,
        "project_plugin",
        hooked.cwd / ".pi" / "python",
    )
    (hooked.cwd / ".pi" / "settings.json").write_text("{}")
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    starts = hooked.seen("session_start", 2)
    assert [(call["by"], call["trusted"], call["reason"]) for call in starts] == [
        ("user", True, "startup"),
        ("project", True, "startup"),
    ]
    assert hooked.model.requests[0].texts("user") == ["go, says the project"]


@pytest.mark.pi_since("0.87.1")
def test_a_plugin_asks_a_person_whom_to_trust(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def project_trust(event, ctx):
            yes = await ctx.ui.confirm("Is this yours?", event.cwd)
            return ProjectTrustAnswer(trusted="yes" if yes else "no")

        @hookimpl
        def session_start(event, ctx):
            saw(event, trusted=ctx.trusted)
    """)
    (hooked.cwd / ".pi" / "prompts").mkdir(parents=True)

    tui = hooked.tui(ready=False)
    tui.wait_for("Is this yours?")
    tui.press("enter")
    tui.wait_ready()

    assert [call["trusted"] for call in hooked.seen("session_start")] == [True]


@pytest.mark.pi_since("0.87.1")
def test_another_project_is_asked_about_and_brings_its_plugins_while_it_is_open(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def project_trust(event, ctx):
            saw(event, trusted=ctx.trusted)
            return ProjectTrustAnswer(trusted="yes")
    """)
    hooked.model.add(Say("one"), Say("two"), Say("three"), Say("four"))
    here, there = hooked.cwd, hooked.root / "there"
    there.mkdir()
    hooked.pi.home.cwd = there
    hooked.print("first")
    (session,) = hooked.pi.home.sessions()
    (there / ".pi").mkdir()
    (there / ".pi" / "settings.json").write_text("{}")
    hooked.plugin(
        """
        @hookimpl(specname="input")
        def rewrite(event):
            return Transform(event.text + ", says the project")
        """,
        "project_plugin",
        there / ".pi" / "python",
    )
    hooked.pi.home.cwd = here
    rpc = hooked.rpc()
    rpc.prompt("here")
    own = rpc.get_state()["sessionFile"]

    for file, text in ((session, "there"), (own, "here again")):
        rpc.switch_session(file)
        rpc.prompt(text)

    (seen,) = hooked.seen("project_trust")
    assert (seen["cwd"], seen["trusted"]) == (str(there), False)
    said = [request.texts("user")[-1] for request in hooked.model.requests]
    assert said == ["first", "here", "there, says the project", "here again"]


def test_hook_resources_discover(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def resources_discover(event):
            saw(event)
            return ResourcesDiscoverAnswer(prompt_paths=[event.cwd + "/my-prompts"])
    """)
    (hooked.cwd / "my-prompts").mkdir()
    (hooked.cwd / "my-prompts" / "greet.md").write_text("Greet everybody.")
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()

    rpc.prompt("/greet")

    (seen,) = hooked.seen("resources_discover")
    assert (seen["cwd"], seen["reason"]) == (str(hooked.cwd), "startup")
    assert "greet" in names_of_commands(rpc)
    assert hooked.model.requests[0].texts("user") == ["Greet everybody."]


@pytest.mark.pi_since("1.5.2")
def test_hook_mcp_servers_change(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def mcp_servers_change(event):
            saw(event)
    """)
    rpc = hooked.rpc()

    rpc.prompt("/shelf")

    (seen,) = hooked.seen("mcp_servers_change")
    (server,) = seen["servers"]
    assert (server["name"], server["config"]) == ("shelf", {"command": "true", "args": ["books"]})
    assert server["extensionPath"].endswith("helper.mjs")
