from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import get_args

from pi_host import sessionfile

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "session-files.md"


def test_the_reference_shows_what_happens(tmp_path: Path) -> None:
    names = {name: tmp_path / f"{name}.jsonl" for name in ("path", "old", "new")}
    text = PAGE.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, names, "session-files.md", str(PAGE), 0)
    output: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.append)

    assert test.examples
    assert not outcome.failed, "".join(output)


def test_the_reference_tells_of_every_oddity() -> None:
    table = re.findall(r"^\| (`.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {code for cell in table for code in re.findall(r"`([a-z0-9-]+)`", cell)}

    assert set(get_args(sessionfile.Code)) <= told


def test_everything_public_is_documented() -> None:
    undocumented = [
        name for name in sessionfile.__all__ if name not in ("Code", "Item") and not getattr(sessionfile, name).__doc__
    ]

    assert undocumented == []
