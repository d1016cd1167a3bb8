from __future__ import annotations

import re
from typing import Any

import pytest

from pi_trace_headers._errors import TraceError
from pi_trace_headers._options import Rule, read_options


def test_nothing_is_configured_by_default() -> None:
    assert read_options({}).rules == []


def test_the_short_forms_are_rules_and_come_first() -> None:
    options = read_options({"rule": [{"preset": "w3c"}], "gateway": "litellm", "compat": "opper"})
    assert options.rules == [
        ("gateway", Rule(preset="litellm")),
        ("compat", Rule(compat="opper")),
        ("rule[0]", Rule(preset="w3c")),
    ]


def test_the_host_s_own_key_is_no_mistake() -> None:
    assert read_options({"deadline": 3}).deadline == 3


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"gatway": "opper"}, "plugins.trace-headers: there is no key 'gatway'"),
        ({"rule": [{}, {"matches": {}}]}, "plugins.trace-headers.rule[1]: there is no key 'matches'"),
        ({"trace": "day"}, "plugins.trace-headers.trace: invalid enum value 'day'"),
        ({"compat": "other"}, "plugins.trace-headers.compat: invalid enum value 'other'"),
        ({"propagate": "yes"}, "plugins.trace-headers.propagate: expected `bool`, got `str`"),
        ({"rule": {"preset": "w3c"}}, "plugins.trace-headers.rule: expected `array`, got `object`"),
        ({"rule": [{"match": {"url": "x"}}]}, "plugins.trace-headers.rule[0].match: there is no key 'url'"),
        ({"rule": [{"headers": {"X-A": 1}}]}, "plugins.trace-headers.rule[0].headers.*: expected `str`, got `int`"),
        (
            {"rule": [{"when": {"mode": ["gui"]}}]},
            "plugins.trace-headers.rule[0].when.mode[0]: invalid enum value 'gui'",
        ),
    ],
)
def test_a_mistake_is_explained_in_one_line_with_its_key(table: dict[str, Any], message: str) -> None:
    with pytest.raises(TraceError, match=re.escape(message)) as caught:
        read_options(table)
    assert "\n" not in str(caught.value)
