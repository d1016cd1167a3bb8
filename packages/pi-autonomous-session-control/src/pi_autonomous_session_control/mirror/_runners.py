"""What test runners report, read from what they print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.mirror._events import RunnerReport

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["tests_of"]

#: Characters of the output that are looked at, from its end: the summary comes last.
_MOST: Final = 200_000
_MOST_NAMES: Final = 50
_NAME_WIDTH: Final = 200
#: These print what is in files, and somebody else's summary may be.
_READERS: Final = frozenset(
    (
        "cat",
        "head",
        "tail",
        "grep",
        "rg",
        "less",
        "more",
        "sed",
        "awk",
        "git",
        "echo",
        "printf",
        "ls",
        "find",
        "diff",
        "jq",
    )
)
_ESCAPE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class _Count(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0


class _Runner(NamedTuple):
    name: str
    read: Callable[[str], _Count | None]
    failing: re.Pattern[str]


def tests_of(command: str, output: str) -> RunnerReport | None:
    """Return what a test runner reported in the ``output`` of ``command``, ``None`` if none ran."""
    first = command.split(maxsplit=1)[0].rpartition("/")[2] if command.strip() else ""
    if first in _READERS or not any(character.isdigit() for character in output):
        return None
    text = _ESCAPE.sub("", output[-_MOST:])
    for runner in _RUNNERS:
        count = runner.read(text)
        if count is None:
            continue
        names = dict.fromkeys(match[1].strip()[:_NAME_WIDTH] for match in runner.failing.finditer(text))
        failing = tuple(names)[:_MOST_NAMES] if count.failed else ()
        return RunnerReport(runner.name, count.passed, count.failed, count.skipped, failing)
    return None


def _line(form: str) -> re.Pattern[str]:
    return re.compile(form, re.MULTILINE)


_PYTEST: Final = _line(
    r"^(?:=+ )?((?:\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected|warnings?|rerun)(?:, )?)+)"
    r" in [\d.:hms ()]+(?: =+)?\s*$"
)
_UNITTEST: Final = _line(r"^Ran (\d+) tests? in [\d.]+s\s+(OK|FAILED)(?: \(([^)\n]*)\))?")
_JEST: Final = _line(r"^Tests: +((?:\d+ [a-z]+(?:, )?)+)\s*$")
_VITEST: Final = _line(r"^ *Tests +((?:\d+ [a-z]+(?: \| )?)+) \(\d+\)")
_CARGO: Final = _line(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored")
_GO: Final = _line(r"^ *--- (PASS|FAIL|SKIP): |^(ok|FAIL)[ \t]+\S+[ \t]+(?:\(cached\)|[\d.]+s|\[)")
_MOCHA: Final = _line(r"^ *(\d+) (passing|failing|pending)\b")
_TAP: Final = _line(r"^(not ok|ok) \d+(?!.*# *(?i:skip))")
_TAP_SKIPPED: Final = _line(r"(?i)^(?:not )?ok \d+.*# *skip")
_TAP_PLAN: Final = _line(r"^(?:TAP version \d+|1\.\.\d+)")
_NODE: Final = _line(r"^\u2139 (pass|fail|skipped) (\d+)")
_BUN: Final = _line(r"^ *(\d+) (pass|fail|skip)$")
_RSPEC: Final = _line(r"^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?")
_JUNIT: Final = _line(r"Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(?!.*Time elapsed)")
_DOTNET: Final = _line(r"Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+)")
_CTEST: Final = _line(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)")
_PHPUNIT: Final = _line(r"^(?:OK \((\d+) tests?,|Tests: (\d+), Assertions: \d+(.*))")
_WORDED: Final = re.compile(r"(\d+) ([a-z]+)")
_GROUP: Final = {
    **dict.fromkeys(("passed", "passing", "pass", "xfailed", "xpassed", "ok"), 0),
    **dict.fromkeys(("failed", "failing", "fail", "error", "errors"), 1),
    **dict.fromkeys(("skipped", "skip", "pending", "todo"), 2),
}


def _sum(pairs: list[tuple[str, str]]) -> _Count:
    totals = [0, 0, 0]
    for number, word in pairs:
        if word in _GROUP:
            totals[_GROUP[word]] += int(number)
    return _Count(*totals)


def _last(pattern: re.Pattern[str]) -> Callable[[str], _Count | None]:
    """Return a counter for runners that end with a line such as ``1 failed, 2 passed``."""

    def count(text: str) -> _Count | None:
        found = pattern.findall(text)
        return _sum(_WORDED.findall(found[-1])) if found else None

    return count


def _each(pattern: re.Pattern[str], *, swapped: bool = False) -> Callable[[str], _Count | None]:
    """Return a counter for runners that write a line for each sort."""

    def count(text: str) -> _Count | None:
        found = pattern.findall(text)
        return _sum([(b, a) if swapped else (a, b) for a, b in found]) if found else None

    return count


def _unittest(text: str) -> _Count | None:
    if (found := _UNITTEST.search(text)) is None:
        return None
    parts = {name: int(number) for name, number in re.findall(r"([a-z ]+)=(\d+)", found[3] or "")}
    failed = sum(number for name, number in parts.items() if name.strip() in {"failures", "errors"})
    skipped = sum(number for name, number in parts.items() if name.strip() == "skipped")
    return _Count(max(int(found[1]) - failed - skipped, 0), failed, skipped)


def _cargo(text: str) -> _Count | None:
    found = _CARGO.findall(text)
    return _Count(*(sum(int(row[column]) for row in found) for column in range(3))) if found else None


def _go(text: str) -> _Count | None:
    found = _GO.findall(text)
    if not any(package for _, package in found):
        return None
    tests = [test for test, _ in found if test]
    if "PASS" in tests or "SKIP" in tests:  # with -v each test is told
        return _Count(tests.count("PASS"), tests.count("FAIL"), tests.count("SKIP"))
    packages = [package for _, package in found if package]
    return _Count(packages.count("ok"), tests.count("FAIL") or packages.count("FAIL"), 0)


def _tap(text: str) -> _Count | None:
    if _TAP_PLAN.search(text) is None:
        return None
    found = _TAP.findall(text)
    return _Count(found.count("ok"), found.count("not ok"), len(_TAP_SKIPPED.findall(text)))


def _rspec(text: str) -> _Count | None:
    if (found := _RSPEC.search(text)) is None:
        return None
    total, failed, pending = int(found[1]), int(found[2]), int(found[3] or 0)
    return _Count(total - failed - pending, failed, pending)


def _junit(text: str) -> _Count | None:
    found = _JUNIT.findall(text)
    if not found:
        return None
    total, failures, errors, skipped = map(int, found[-1])
    return _Count(total - failures - errors - skipped, failures + errors, skipped)


def _dotnet(text: str) -> _Count | None:
    found = _DOTNET.findall(text)
    return _Count(*(sum(int(row[column]) for row in found) for column in (1, 0, 2))) if found else None


def _ctest(text: str) -> _Count | None:
    if (found := _CTEST.search(text)) is None:
        return None
    return _Count(int(found[2]) - int(found[1]), int(found[1]))


def _phpunit(text: str) -> _Count | None:
    if (found := _PHPUNIT.search(text)) is None:
        return None
    if found[1]:
        return _Count(int(found[1]))
    parts = {name: int(number) for name, number in re.findall(r"([A-Z]\w+): (\d+)", found[3])}
    failed = parts.get("Failures", 0) + parts.get("Errors", 0)
    return _Count(int(found[2]) - failed - parts.get("Skipped", 0), failed, parts.get("Skipped", 0))


#: The first one that finds its own summary wins; those whose summaries are the least like prose come first.
_RUNNERS: Final = (
    _Runner("cargo", _cargo, _line(r"^test (\S+) \.\.\. FAILED")),
    _Runner("pytest", _last(_PYTEST), _line(r"^(?:FAILED|ERROR) (\S+(?: \S+\])?)")),
    _Runner("unittest", _unittest, _line(r"^(?:FAIL|ERROR): (.+)$")),
    _Runner("vitest", _last(_VITEST), _line(r"^ *(?:FAIL|\xd7) +(.+?)(?: \d+ ?ms)?$")),
    _Runner("jest", _last(_JEST), _line(r"^ *● (.+)$")),
    _Runner("go", _go, _line(r"^ *--- FAIL: (\S+)")),
    _Runner("node", _each(_NODE, swapped=True), _line(r"^ *✖ (.+?)(?: \([\d.]+ms\))?$")),
    _Runner("tap", _tap, _line(r"^not ok \d+ *-? *(.*?)(?: *#.*)?$")),
    _Runner("mocha", _each(_MOCHA), _line(r"^ *\d+\) (.+?):?$")),
    _Runner("rspec", _rspec, _line(r"^rspec (\S+)")),
    _Runner("junit", _junit, _line(r"^\[ERROR\] +(\S+:\d+|\S+\.\S+)")),
    _Runner("dotnet", _dotnet, _line(r"^ *Failed (\S+) \[")),
    _Runner("ctest", _ctest, _line(r"^\s*\d+ - (\S+) \(")),
    _Runner("phpunit", _phpunit, _line(r"^\d+\) (\S+::\S+)")),
    _Runner("bun", _each(_BUN), _line(r"^\(fail\) (.+?)(?: \[[\d.]+ms\])?$")),
)
