"""What happens without lanes: the reason for all of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_support import Audit, start

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


def test_l_s1_two_plain_pis_on_one_session_make_sibling_branches(pi: Pi, session: Path) -> None:
    one, other = start(pi, session, 2)

    one.prompt("from one terminal")
    other.prompt("from the other")

    audit = Audit.of(session, pi.model.requests)
    assert audit.forks
    assert audit.prompts == ["the first", "from the other"], "the next pi will not see what one terminal did"
    assert "from one terminal" not in pi.model.requests[-1].texts("user")


@pytest.mark.pi_since("0.87.1")
def test_l_e17_a_plain_pi_does_not_show_what_another_one_did(pi: Pi, session: Path) -> None:
    one, other = start(pi, session, 2)

    one.prompt("from one terminal")

    assert "from one terminal" in session.read_text("utf-8")
    assert "from one terminal" not in str(other.get_messages())
    assert "from one terminal" not in str(other.get_entries())
