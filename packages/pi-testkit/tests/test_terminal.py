from __future__ import annotations

import pytest

from pi_testkit._terminal import Terminal, key


def fed(*pieces: bytes) -> str:
    terminal = Terminal(20, 2, lambda _reply: None)
    for piece in pieces:
        terminal.feed(piece)
    return terminal.text().strip()


def test_keyboard_protocols_are_not_drawn() -> None:
    assert fed(b"\x1b[>7u\x1b[?u\x1b[>4;2m\x1b[<1uhello") == "hello"


def test_a_sequence_may_come_in_pieces() -> None:
    assert fed(b"a\x1b", b"[>", b"7", b"ub") == "ab"
    assert fed("é".encode()[:1], "é".encode()[1:]) == "é"


def test_colours_and_private_modes_leave_the_text() -> None:
    assert fed(b"\x1b[?2026h\x1b[38;2;1;2;3mred\x1b[0m\x1b[?25l") == "red"


def test_a_query_is_answered() -> None:
    replies: list[bytes] = []
    Terminal(20, 2, replies.append).feed(b"\x1b[c")
    assert replies == [b"\x1b[?6c"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [("enter", b"\r"), ("ctrl+c", b"\x03"), ("alt+enter", b"\x1b\r"), ("alt+b", b"\x1bb"), ("up", b"\x1b[A")],
)
def test_keys_send_what_terminals_send(name: str, sent: bytes) -> None:
    assert key(name) == sent


@pytest.mark.parametrize("name", ["ctrl+", "ctrl+é", "hyper+x", ""])
def test_an_unknown_key_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no such key"):
        key(name)
