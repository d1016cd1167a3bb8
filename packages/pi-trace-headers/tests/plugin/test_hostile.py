"""Values that break requests, run commands or give secrets away, tried on real pi."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from traced_support import Traced

BREAKING = {"LINE": "x\r\nX-Evil: 1", "JAPANESE": "日本", "LATIN": "caf\xe9", "LONG": "x" * 20_000}
EXPRESSIONS = {
    "COMMAND": "!touch ran-by-pi",
    "VARIABLE": "$SECRET",
    "BRACES": "pre ${SECRET}",
    "DOLLARS": "$$SECRET",
    "NAME": "SECRET",
}


def send(traced: Traced, values: dict[str, str]) -> tuple[dict[str, str], str]:
    """Send each value as a header of its own; give back what arrived, and what pi said on standard error."""
    headers = ", ".join(f'X-{name} = "{{env.{name}}}"' for name in values)
    traced.configure(
        f"""
        env = {list(values)}
        [[plugins.trace-headers.rule]]
        match = {{ provider = "scripted" }}
        headers = {{ {headers}, X-Session = "{{session.id}}" }}
        """
    )
    traced.model.add(Say("one"))
    done = traced.print("first", env={**values, "SECRET": "s3cret"})
    (request,) = traced.model.requests
    assert done.stdout == "one\n"
    assert request.header("x-session")
    assert not (traced.pi.home.cwd / "ran-by-pi").exists()
    return {name: value for name in values if (value := request.header(f"x-{name}")) is not None}, done.stderr


def test_values_that_break_requests_run_commands_or_give_secrets_away(traced: Traced) -> None:
    arrived, told = send(traced, BREAKING | EXPRESSIONS)
    # What would break a request is left out, and told without the value.
    assert traced.sent("x-evil") == [None]
    assert told.count("is left out: its value") == len(BREAKING)
    assert not [value for value in BREAKING.values() if value in told]
    # Nothing is run and nothing is expanded.
    if traced.pi.version == "0.74.2":  # it knows no way to write these two
        left_out = {"COMMAND", "NAME"}
        assert told.count("is left out: this pi would put a variable's value in its place") == len(left_out)
    else:
        left_out = set()
    assert arrived == {name: value for name, value in EXPRESSIONS.items() if name not in left_out}


@pytest.mark.pi_versions("1.5.2")
def test_a_reserved_header_is_a_mistake_that_sends_nothing(traced: Traced) -> None:
    rule = '[[plugins.trace-headers.rule]]\nmatch = { provider = "scripted" }\n'
    traced.configure(f'{rule}headers = {{ Authorization = "evil", X-A = "1" }}')
    traced.model.add(Say("one"))
    done = traced.print("first")
    assert done.stdout == "one\n"
    assert traced.sent("authorization") == ["Bearer none-needed"]
    assert traced.sent("x-a") == [None]
    assert "rule[0].headers.Authorization: it is reserved" in done.stderr
