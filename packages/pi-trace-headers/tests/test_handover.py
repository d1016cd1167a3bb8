from __future__ import annotations

import re

import pytest

from pi_trace_headers._errors import TraceError
from pi_trace_headers._handover import RULES, with_launch_rules


def test_a_pi_that_nobody_launched_has_the_user_s_rules() -> None:
    table = {"rule": [{"preset": "w3c"}], "opt_out": "respect"}
    assert with_launch_rules(table, {}) is table


def test_a_launcher_s_rules_come_first_and_are_meant() -> None:
    merged = with_launch_rules({"rule": [{"preset": "w3c"}], "salt": "s"}, {RULES: '[{"preset": "opper"}]'})
    assert merged == {"rule": [{"preset": "opper"}, {"preset": "w3c"}], "salt": "s", "opt_out": "ignore"}


@pytest.mark.parametrize("text", ["{", "3", '["x"]', '{"preset": "opper"}'])
def test_a_variable_that_holds_something_else_is_named(text: str) -> None:
    with pytest.raises(TraceError, match=re.escape("PI_TRACE_RULES in the environment is no list of rules")):
        with_launch_rules({}, {RULES: text})
