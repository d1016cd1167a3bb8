from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit.checks import Asked, Bench, Context, rows, verdict

if TYPE_CHECKING:
    from devkit_support import Repository

    from pi_devkit.canary import Row

pytestmark = pytest.mark.timeout(120)

EXPECTED = '\n[[components.pi-sample.expected-failures]]\npi = "1.5.2"\nreason = "not yet"\nuntil = 2099-01-01\n'


def _row(repository: Repository) -> tuple[Row, tuple[list[str], str]]:
    with Bench(repository.workspace()) as bench:
        context = Context(bench, bench.workspace.component("pi-sample"), Asked(pythons=("3.11",)))
        (row,) = rows(context, ["1.5.2"])
        return row, verdict(context, row)


def test_what_is_promised_is_in_pi(repository: Repository) -> None:
    row, outcome = _row(repository)
    assert (row.component, row.pi, row.python, row.problems) == ("pi-sample", "1.5.2", "3.11", ())
    assert outcome == ([], "pi 1.5.2 on Python 3.11: works")


def test_what_pi_lacks_is_told_and_may_be_expected(repository: Repository) -> None:
    repository.edit("components.toml", 'commands = ["sample"]', 'commands = ["sample", "more"], tools = ["most"]')
    row, (problems, _) = _row(repository)
    assert row.problems == ("pi has no command 'more'", "pi has no tool 'most'")
    assert problems[0] == "pi 1.5.2 on Python 3.11: pi has no command 'more'"
    repository.append("components.toml", EXPECTED)
    _, outcome = _row(repository)
    assert outcome == ([], "pi 1.5.2 on Python 3.11: fails as expected until 2099-01-01: not yet")


def test_a_plugin_that_breaks_in_pi_is_told(repository: Repository) -> None:
    path = "packages/pi-sample/src/pi_sample/plugin.py"
    repository.edit(path, '"""Do nothing."""', 'raise RuntimeError("on purpose")')
    row, _ = _row(repository)
    assert "on purpose" in row.problems[0]
