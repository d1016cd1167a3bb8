"""Plugins that are broken in every way there is: each is named at once, and the others run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import eventually, notices, tool_output

from pi_host.launch import BRIDGE
from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from host_support import Hosted

GOOD = """
@hookimpl
def input(event, ctx):
    return {"action": "transform", "text": event.text + " and the good one ran"}
"""

BAD = {
    "fails to import": ("import nowhere_to_be_found\n", "import failed: ModuleNotFoundError"),
    "exits at import": ("raise SystemExit(3)\n", "import failed: SystemExit: 3"),
    "is not Python": ("def broken(:\n", "import failed: SyntaxError"),
    "has an unknown argument": ("@hookimpl\ndef input(event, mood):\n    pass\n", "mood"),
    "has an unknown hook": ("@hookimpl\ndef tool_cal(event):\n    pass\n", "did you mean 'tool_call'"),
    "needs a newer pi": ("REQUIRES_PI = '99.0.0'\n", "needs pi 99.0.0 or newer"),
    "raises": ("@hookimpl\ndef input(event):\n    raise ValueError('went wrong')\n", "input: ValueError: went wrong"),
    "hangs": ("@hookimpl\nasync def input(event):\n    await asyncio.sleep(99)\n", "input: no answer within 1 s"),
    "answers nonsense": ("@hookimpl\ndef input(event):\n    return 42\n", "gave back int, expected InputAnswer"),
    "answers with a typo": (
        "@hookimpl\ndef input(event):\n    return {'acton': 'handled'}\n",
        "'acton' is not a field",
    ),
    "answers with a wrong type": (
        "@hookimpl\ndef input(event):\n    return {'action': 'transform', 'text': 5}\n",
        "not a InputAnswer",
    ),
    "answers where nothing is asked": ("@hookimpl\ndef agent_start(event):\n    return 'yes'\n", "takes no answer"),
}


@pytest.mark.pi_versions("1.5.2")
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_plugin_is_named_in_the_ui_and_the_others_run(hosted: Hosted, kind: str) -> None:
    source, expected = BAD[kind]
    hosted.configure("deadline = 1")
    hosted.add("a_bad_one", source)
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"))
    with hosted.rpc() as rpc:
        rpc.prompt("hello")
        told = eventually(lambda: notices(rpc))
    assert "plugin 'a_bad_one'" in told
    assert expected in told
    assert "hello and the good one ran" in str(hosted.pi.model.requests[0].body["messages"][-1])


def test_a_broken_plugin_is_told_on_standard_error_in_print_mode(hosted: Hosted) -> None:
    hosted.add("a_bad_one", "import nowhere_to_be_found\n")
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"))
    finished = hosted.print("hello")
    assert finished.stdout.strip() == "fine"
    assert "plugin 'a_bad_one': import failed" in finished.stderr


def test_a_plugin_whose_import_ends_python_is_left_out_and_the_others_run(hosted: Hosted) -> None:
    hosted.add("a_bad_one", "os._exit(7)\n")
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"), Say("fine"))
    for _ in ("without a manifest", "with one"):
        finished = hosted.print("hello")
        assert finished.stdout.strip() == "fine"
        assert "plugin 'a_bad_one': its import ended the Python process" in finished.stderr
        assert "and the good one ran" in str(hosted.pi.model.requests[-1].body["messages"][-1])


def test_a_plugin_that_is_known_as_broken_before_there_is_a_session_is_told_in_the_ui(hosted: Hosted) -> None:
    slow = hosted.pi.home.root / "slow.js"  # pi loads it after the bridge, which has started Python by then
    slow.write_text("export default async (pi) => { await new Promise((done) => setTimeout(done, 1500)); };")
    hosted.add("a_bad_one", "import nowhere_to_be_found\n")
    hosted.add("good", GOOD)
    with hosted.pi.rpc(extensions=[str(BRIDGE), str(slow)], env=hosted.env()) as rpc:
        assert "plugin 'a_bad_one'" in eventually(lambda: notices(rpc))
        assert rpc.stderr == ""


@pytest.mark.pi_versions("1.5.2")
def test_a_failure_that_repeats_is_told_once(hosted: Hosted) -> None:
    hosted.add("noisy", "@hookimpl\ndef message_update(event):\n    raise ValueError('again')\n")
    hosted.pi.model.add(Say("one two three four five six seven eight"))
    with hosted.rpc() as rpc:
        rpc.prompt("hello")
        eventually(lambda: "again" in notices(rpc))
        assert notices(rpc).count("again") == 1
    assert hosted.log.count("ValueError: again") > 3


def test_what_a_plugin_prints_goes_to_the_log_and_not_into_the_link(hosted: Hosted) -> None:
    hosted.add(
        "printer",
        """
        print("printed at import")
        @hookimpl
        def input(event):
            print('{"id": 1, "r": null}')
            os.system("echo from a child")
            os.write(1, b"raw\\n")
        """,
    )
    hosted.pi.model.add(Say("fine"))
    assert hosted.print("hello").stdout.strip() == "fine"
    for text in ("printed at import", '{"id": 1', "from a child", "raw"):
        assert text in hosted.log


@pytest.mark.pi_versions("1.5.2")
def test_a_tool_call_that_a_plugin_fails_to_judge_is_blocked_with_its_name(hosted: Hosted) -> None:
    hosted.add("judge", "@hookimpl\ndef tool_call(event):\n    raise RuntimeError('no opinion')\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc() as rpc:
        assert tool_output(rpc.prompt("go")) == ["pi-host: plugin 'judge': tool_call: RuntimeError: no opinion"]


@pytest.mark.pi_versions("1.5.2")
def test_invalid_toml_is_told_with_file_and_line_and_the_plugins_run(hosted: Hosted) -> None:
    hosted.configure("order = [\n  'good'\ndisabled = oops\n")
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"))
    with hosted.rpc() as rpc:
        rpc.prompt("hello")
        told = eventually(lambda: notices(rpc))
    assert f"{hosted.pi.home.agent_dir}/pi-host.toml:3: invalid TOML" in told
    assert "the good one ran" in str(hosted.pi.model.requests[0].body)


def test_a_disabled_plugin_is_never_imported(hosted: Hosted) -> None:
    marker = hosted.pi.home.root / "imported"
    hosted.configure("disabled = ['unwanted']\n")
    hosted.add("unwanted", f"open({str(marker)!r}, 'w').close()\n")
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"))
    assert hosted.print("hello").returncode == 0
    assert not marker.exists()


@pytest.mark.pi_versions("1.5.2")
def test_a_plugin_asked_for_that_cannot_be_used_turns_python_off_and_says_why(hosted: Hosted) -> None:
    hosted.add("good", GOOD)
    hosted.pi.model.add(Say("fine"))
    finished = hosted.print("hello", PI_HOST_PLUGINS="absent")
    assert "plugin 'absent': no installed distribution brings it" in finished.stderr


def test_of_two_tools_of_one_name_the_plugin_that_runs_first_has_it(hosted: Hosted) -> None:
    for name in ("b_second", "a_first"):
        hosted.add(name, f"@tool\ndef who() -> str:\n    '''Who.'''\n    return {name!r}\n")
    hosted.pi.model.add(Calls(Call("who")), Say("done"))
    with hosted.rpc() as rpc:
        assert tool_output(rpc.prompt("go")) == ["a_first"]
        assert "plugin 'b_second': its tool 'who' is not offered" in notices(rpc)


@pytest.mark.parametrize("first", [True, False])
def test_a_tool_that_another_extension_has_too_does_not_end_pi(hosted: Hosted, *, first: bool) -> None:
    other = hosted.pi.home.root / "other.js"
    other.write_text(
        "export default (pi) => pi.registerTool({name: 'who', label: 'who', description: 'who',"
        " parameters: {type: 'object', properties: {}},"
        " execute: async () => ({content: [{type: 'text', text: 'the other'}], details: {}})})"
    )
    hosted.add("mine", "@tool\ndef who() -> str:\n    '''Who.'''\n    return 'mine'\n")
    hosted.pi.model.add(Say("warm"), Calls(Call("who")), Say("done"))
    hosted.print("so that there is a manifest")
    extensions = (str(other),) if first else ()
    with hosted.rpc(extensions=extensions) as rpc:
        assert tool_output(rpc.prompt("go")) == (["the other"] if first else ["mine"])
        assert ("the tool 'who' is not used" in notices(rpc)) is first
