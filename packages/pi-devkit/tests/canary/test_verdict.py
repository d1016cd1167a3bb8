"""What a row of the canary means, with what is expected to fail."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from pi_devkit.canary import Row
from pi_devkit.checks import verdict
from pi_devkit.components import Component, ExpectedFailure

if TYPE_CHECKING:
    from pi_devkit.checks import Context

TODAY = dt.datetime.now(dt.UTC).date()


def judged(problems: tuple[str, ...], until: dt.date | None) -> tuple[list[str], str]:
    expected = [ExpectedFailure(pi="0.74.2", reason="too old", until=until)] if until else []
    row: dict[str, Any] = {"path": "p", "kind": "extension", "import_name": "p", "expected_failures": expected}
    context = cast("Context", SimpleNamespace(component=Component(**row)))
    return verdict(context, Row("pi-sample", "0.74.2", "3.11", problems))


def test_what_works_works() -> None:
    assert judged((), None) == ([], "pi 0.74.2 on Python 3.11: works")


def test_what_fails_fails() -> None:
    assert judged(("no command",), None)[0] == ["pi 0.74.2 on Python 3.11: no command"]


@pytest.mark.parametrize("until", [TODAY, TODAY + dt.timedelta(days=1)])
def test_an_expected_failure_is_none_until_its_day_is_over(until: dt.date) -> None:
    problems, note = judged(("no command",), until)
    assert problems == []
    assert note == f"pi 0.74.2 on Python 3.11: fails as expected until {until}: too old"


def test_an_expected_failure_whose_day_is_over_fails() -> None:
    until = TODAY - dt.timedelta(days=1)
    (line,) = judged(("no command",), until)[0]
    assert f"was expected until {until} to fail, and still does" in line
    assert line.endswith("no command")


def test_what_works_though_it_should_not_fails() -> None:
    (line,) = judged((), TODAY)[0]
    assert line.endswith("works, though it is expected to fail; take it out of `expected-failures`")
