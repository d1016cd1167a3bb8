from __future__ import annotations

import re
from pathlib import Path

from pi_devkit.checks import CHECKS

PAGE = Path(__file__).resolve().parents[4] / "docs" / "releasing.md"


def test_the_page_lists_every_check_as_it_is() -> None:
    rows = re.findall(r"^\| (R\d\d) \| ([^|]+) \| (yes|no) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    ours = [(check.id, check.title, "yes" if check.quick else "no") for check in CHECKS]
    assert rows == sorted(ours)


def test_a_check_comes_after_those_that_it_builds_on() -> None:
    ids = [check.id for check in CHECKS]
    assert all(ids.index(needed) < ids.index(check.id) for check in CHECKS for needed in check.needs)
