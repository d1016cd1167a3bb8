from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.docs_list import Document, documents

if TYPE_CHECKING:
    from pathlib import Path


def _write(root: Path, name: str, text: str) -> None:
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs" / name).write_text(text)


def test_front_matter_says_what_a_document_is_about(tmp_path: Path) -> None:
    _write(tmp_path, "a.md", "---\nsummary: How.\nread_when:\n  - it broke\n---\n# A\n\nText.\n")
    assert documents(tmp_path) == [Document("docs/a.md", "A", "How.", ("it broke",))]


def test_without_it_the_first_sentence_does(tmp_path: Path) -> None:
    _write(tmp_path, "b.md", "# B\n\n![x](y.svg)\n\nThe [thing](x.md) is **good**. It works.\n")
    assert documents(tmp_path)[0].summary == "The thing is good."


@pytest.mark.parametrize("head", ["summary: [", "read_when: {a: 1}"])
def test_front_matter_that_is_wrong_is_told_with_its_file(tmp_path: Path, head: str) -> None:
    _write(tmp_path, "c.md", f"---\n{head}\n---\n# C\n")
    with pytest.raises(DevkitError, match=r"docs/c\.md: "):
        documents(tmp_path)


def test_a_document_that_is_not_in_utf_8_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "d.md", "")
    (tmp_path / "docs" / "d.md").write_bytes(b"# \xff\n")
    with pytest.raises(DevkitError, match=r"docs/d\.md' is no text in UTF-8: .*; save it as UTF-8"):
        documents(tmp_path)
