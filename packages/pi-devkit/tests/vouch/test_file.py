from __future__ import annotations

import pytest

from pi_devkit.vouch import Entry, TrustList, VouchError

TEXT = """\
# Who may contribute.

ada writes half of it
-eve sent the same advertisement five times
github:Grace
"""


def test_people_are_vouched_for_denounced_or_unknown() -> None:
    trusted = TrustList.parse(TEXT)
    standings = [trusted.standing(name) for name in ("ada", "ADA", "eve", "grace", "zoe")]
    assert standings == ["vouched", "vouched", "denounced", "vouched", "unknown"]
    assert trusted.entries["eve"].reason == "sent the same advertisement five times"


def test_the_written_list_is_sorted_and_keeps_its_comments() -> None:
    trusted = TrustList.parse("# Why.\nzoe\nada\n")
    trusted.put(Entry("bob", reason="fixed the docs"))
    assert trusted.text() == "# Why.\nada\nbob fixed the docs\nzoe\n"
    assert TrustList.parse(trusted.text()) == trusted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ada\nADA\n", "line 2: 'ada' is there twice"),
        ("@ada\n", "line 1: '@ada' can't be the name of an account"),
        ("gitlab:ada\n", "line 1: 'gitlab:ada' is no entry"),
        ("# fine\n-\n", "line 2: '-' "),
        ("ada-\n", "line 1: 'ada-' can't"),
        (f"{'a' * 40}\n", "can't be the name"),
    ],
)
def test_a_line_that_is_not_right_is_named(text: str, why: str) -> None:
    with pytest.raises(VouchError) as caught:
        TrustList.parse(text)
    assert why in str(caught.value)


def test_nobody_is_taken_out_who_is_not_in() -> None:
    with pytest.raises(VouchError, match="'zoe' is not in the list"):
        TrustList.parse("").drop("zoe")
