from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pi_host.sessionfile import lines

if TYPE_CHECKING:
    from pathlib import Path

DATA = st.lists(st.sampled_from([b"\n", b"\r", b"a", "\u2028".encode(), b"\0", b"\x85"])).map(b"".join)


def joined(found: list[tuple[bytes, bool]]) -> bytes:
    return b"".join(raw + b"\n" * ended for raw, ended in found)


@given(DATA)
def test_the_lines_joined_are_the_file(data: bytes) -> None:
    found = list(lines(data))

    assert joined([(line.raw, line.ended) for line in found]) == data
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert all(data[line.offset :].startswith(line.raw) for line in found)


def test_only_lf_ends_a_line() -> None:
    assert [line.raw for line in lines("a\u2028b\u2029c\rd\n".encode())] == ["a\u2028b\u2029c\rd".encode()]


def test_a_line_may_be_longer_than_what_is_read_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * 5_000_000 + b"\ny")

    assert [(line.offset, len(line.raw), line.ended) for line in lines(path)] == [
        (0, 5_000_000, True),
        (5_000_001, 1, False),
    ]
