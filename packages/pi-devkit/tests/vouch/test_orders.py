from __future__ import annotations

import pytest

from pi_devkit.vouch import Order, TrustList, VouchError, order


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("!vouch @Ada fixed two bugs", Order("vouch", "ada", "fixed two bugs")),
        ("  !vouch ada", Order("vouch", "ada", "")),
        ("!denounce @eve advertises\nand more below", Order("denounce", "eve", "advertises")),
        ("!unvouch @ada", Order("unvouch", "ada", "")),
        ("I would !vouch @ada", None),
        ("!vouching for @ada", None),
        ("!vouch", None),
        ("", None),
    ],
)
def test_a_comment_orders_only_at_its_beginning(comment: str, wanted: Order | None) -> None:
    assert order(comment) == wanted


def test_a_reason_stays_one_line_of_text() -> None:
    ordered = order("!vouch ada good\tat\x00 this\u2028-eve " + "x" * 500)
    assert ordered is not None
    assert ordered.reason.startswith("good at this -eve xxx")
    assert len(ordered.reason) == 120


@pytest.mark.parametrize("handle", ["@", "a_b", "../x", "-eve", "$(id)"])
def test_who_cannot_have_an_account_is_refused(handle: str) -> None:
    with pytest.raises(VouchError, match="can't be the name of an account"):
        order(f"!vouch {handle}")


def test_the_last_order_counts() -> None:
    trusted = TrustList.parse("ada\n")
    for comment in ("!denounce ada rude", "!vouch eve", "!unvouch eve"):
        ordered = order(comment)
        assert ordered is not None
        ordered.apply(trusted)
    assert trusted.text() == "-ada rude\n"
