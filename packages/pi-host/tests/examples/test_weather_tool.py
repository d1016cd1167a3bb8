from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_the_model_is_told_the_types_and_gets_a_forecast(real: Pi) -> None:
    real.model.add(Call("weather", city="Rome", days=2), Say("done"))
    rpc = real.rpc()
    records = rpc.prompt("how will it be?")
    offered = next(t["function"] for t in real.model.requests[0].body["tools"] if t["function"]["name"] == "weather")
    days = offered["parameters"]["properties"]["days"]
    assert (days["minimum"], days["maximum"], days["default"]) == (1, 7, 1)
    assert days["description"] == "how many days to look ahead."
    forecast = real.model.requests[1].texts("tool")[0].splitlines()
    assert (forecast[0], len(forecast)) == ("Rome (made up)", 3)
    shown = [r["partialResult"]["content"][0]["text"] for r in records if r["type"] == "tool_execution_update"]
    assert shown[-1] == "asking nobody about day 2 of 2"


def test_bounds_are_kept(real: Pi) -> None:
    real.model.add(Call("weather", city="Rome", days=8), Say("done"))
    real.rpc().prompt("how will it be?")
    assert "days" in real.model.requests[1].texts("tool")[0]


def test_a_city_has_one_forecast_and_the_details_are_for_programs(fake: FakePi) -> None:
    rome = fake.call_tool("weather", city="Rome")
    assert rome.text == fake.call_tool("weather", city="Rome").text
    assert rome.details != fake.call_tool("weather", city="Oslo").details
    assert fake.call_tool("weather", city=" ").text == "which city?"


def test_an_abort_ends_it(fake: FakePi) -> None:
    fake.abort()
    assert fake.call_tool("weather", city="Rome", days=7).text == "aborted"
