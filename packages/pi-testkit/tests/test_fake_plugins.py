from __future__ import annotations

import types
from typing import TYPE_CHECKING

import pytest

from pi_host import Block, PiHostError, hookimpl

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import FakePi

SOURCE = """
    from pi_host import Block, hookimpl

    @hookimpl
    def tool_call():
        return Block("from text")
"""


class Guard:
    def __init__(self, reason: str) -> None:
        self.reason = reason

    @hookimpl
    def tool_call(self) -> Block:
        return Block(self.reason)


def reason(pi: FakePi) -> str:
    return str(pi.fire("tool_call").answer["reason"])


def test_an_object_is_a_plugin(fake_pi: type[FakePi]) -> None:
    assert reason(fake_pi(Guard("from an object"))) == "from an object"


def test_indented_text_is_a_plugin(fake_pi: type[FakePi]) -> None:
    assert reason(fake_pi(SOURCE)) == "from text"


def test_a_file_is_a_plugin_and_is_loaded_afresh_each_time(fake_pi: type[FakePi], tmp_path: Path) -> None:
    path = tmp_path / "guard.py"
    path.write_text(
        "import pi_host\ncalls = []\n@pi_host.hookimpl\ndef tool_call():\n    calls.append(1)\n"
        "    return pi_host.Block(str(len(calls)))\n"
    )
    assert [reason(fake_pi(path)), reason(fake_pi(path))] == ["1", "1"]


def test_a_module_is_a_plugin_named_like_it(fake_pi: type[FakePi]) -> None:
    module = types.ModuleType("some.guard")
    module.tool_call = hookimpl(lambda: 1 / 0)  # type: ignore[attr-defined]  # modules take any name
    assert fake_pi(module).fire("tool_call").failure == "plugin 'guard': tool_call: ZeroDivisionError: division by zero"


def test_options_reach_a_plugin_by_its_name(fake_pi: type[FakePi]) -> None:
    text = "import pi_host\n@pi_host.hookimpl\ndef tool_call(ctx):\n    return pi_host.Block(ctx.options['reason'])"
    assert reason(fake_pi(text, config={"plugins": {"plugin1": {"reason": "so"}}})) == "so"


def test_annotations_of_a_plugins_own_classes_are_found(fake_pi: type[FakePi]) -> None:
    text = """
    from __future__ import annotations
    import dataclasses
    from pi_host import tool

    @dataclasses.dataclass
    class Place:
        name: str

    @tool
    def visit(place: Place) -> str:
        return place.name
    """
    assert fake_pi(text).call_tool("visit", place={"name": "Rome"}).text == "Rome"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import no_such_module", "ModuleNotFoundError"),
        (
            "import pi_host\n@pi_host.hookimpl\ndef tool_cal(): pass",
            "there is no hook 'tool_cal'; did you mean 'tool_call'",
        ),
        ("REQUIRES_PI = '99.0'", "needs pi 99.0 or newer, this is pi 1.5.2"),
        ("import pi_host\n@pi_host.tool\ndef x(a): pass", "parameter 'a' has no type"),
    ],
)
def test_what_the_host_would_run_without_is_refused(fake_pi: type[FakePi], source: str, why: str) -> None:
    with pytest.raises(PiHostError, match=f"plugin 'plugin1': .*{why}"):
        fake_pi(source)


def test_a_class_and_two_plugins_of_one_name_are_refused(fake_pi: type[FakePi]) -> None:
    with pytest.raises(PiHostError, match="Guard is a class; give an instance of it"):
        fake_pi(Guard)
    with pytest.raises(PiHostError, match="plugin 'Guard': there are two plugins of this name"):
        fake_pi(Guard("a"), Guard("b"))


def test_the_version_decides_what_a_plugin_may_require(fake_pi: type[FakePi]) -> None:
    fake_pi("REQUIRES_PI = '0.87.1'", version="0.87.1")
    with pytest.raises(PiHostError, match=r"this is pi 0\.74\.2"):
        fake_pi("REQUIRES_PI = '0.87.1'", version="0.74.2")
