from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import chromium
from pi_testkit.chromium import CHROMIUM, browse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_page_is_seen_after_its_script_has_run(tmp_path: Path) -> None:
    page = tmp_path / "a page.html"
    page.write_text("<title>before</title><script>document.title = 'after'</script>")
    seen = browse(page, "--dump-dom")
    assert "<title>after</title>" in seen.output
    assert seen.complaints == []


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_what_a_policy_stops_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
    page.write_text(f"{policy}<title>before</title><script>document.title = 'after'</script>")
    seen = browse(page, "--dump-dom")
    assert "<title>before</title>" in seen.output
    assert "Content Security Policy" in seen.complaints[0]


def test_without_a_browser_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "CHROMIUM", None)
    with pytest.raises(LookupError, match="install the package `chromium`"):
        browse(tmp_path / "page.html")
