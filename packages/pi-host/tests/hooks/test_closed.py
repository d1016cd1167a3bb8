"""A failure on `tool_call` stops the call, wherever it happens: in real pi, the model reads why and nothing has run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from hooked import Hooked

GATE = """
    @hookimpl
    def tool_call(event):
        return Block("the gate is shut")
"""

FAILURES = {
    "before the yield": """
        @hookimpl(wrapper=True)
        def tool_call(event):
            policy = {}["bash"]
            return (yield)
    """,
    "without a yield": """
        @hookimpl(wrapper=True)
        def tool_call(event):
            if False:
                yield
    """,
    "after the yield": """
        @hookimpl(wrapper=True)
        def tool_call(event):
            answer = yield
            return {}["bash"]
    """,
    "with what is no Exception": """
        class Stop(BaseException):
            pass


        @hookimpl
        def tool_call(event):
            raise Stop
    """,
}


@pytest.mark.parametrize("where", FAILURES)
def test_a_failure_stops_the_call(hooked: Hooked, where: str) -> None:
    hooked.plugin(FAILURES[where])
    hooked.model.add(Call("bash", command="echo RAN"), Say("done"))
    hooked.rpc().prompt("go")
    (said,) = hooked.model.requests[-1].texts("tool")
    assert "RAN" not in said


def test_a_wrapper_that_returns_nothing_leaves_the_gate_shut(hooked: Hooked) -> None:
    hooked.plugin(
        GATE
        + """
    @hookimpl(wrapper=True, specname="tool_call")
    def watched(event):
        yield
    """
    )
    hooked.model.add(Call("bash", command="echo RAN"), Say("done"))
    hooked.rpc().prompt("go")
    assert hooked.model.requests[-1].texts("tool") == ["the gate is shut"]


def test_a_wrapper_that_answers_before_its_yield_has_answered(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl(wrapper=True)
        def tool_call(event):
            return Block("not even asked")
            yield
    """)
    hooked.model.add(Call("bash", command="echo RAN"), Say("done"))
    hooked.rpc().prompt("go")
    assert hooked.model.requests[-1].texts("tool") == ["not even asked"]
