"""The files that other tools read, as they write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pi_lane import formats

if TYPE_CHECKING:
    from pathlib import Path

    import msgspec

LANE = {
    "schemaVersion": 1,
    "name": "main",
    "sessionKey": "7b5326f350ef21fd279dac98",
    "baseLeafId": None,
    "headEntryId": "e1",
    "headEpoch": 3,
    "createdAt": "2026-05-18T04:20:00.000Z",
    "updatedAt": "2026-05-18T04:21:00.000Z",
    "updatedBy": "i1",
}
OWNER = {
    "schemaVersion": 1,
    "lane": "main",
    "ownerInstanceId": "i1",
    "pid": 17,
    "leaseEpoch": 4,
    "status": "active",
    "acquiredAt": "2026-05-18T04:20:00.000Z",
    "lastHeartbeatAt": "2026-05-18T04:20:02.000Z",
    "expiresAt": "2026-05-18T04:30:02.000Z",
    "expectedHeadEntryId": "e1",
}
INSTANCE = {
    "instanceId": "i1",
    "pid": 17,
    "lane": "main",
    "status": "idle",
    "sessionId": None,
    "sessionKey": "7b5326f350ef21fd279dac98",
    "sessionFile": "/s.jsonl",
    "leafId": None,
    "startedAt": "2026-05-18T04:20:00.000Z",
    "lastSeenAt": "2026-05-18T04:20:02.000Z",
}
KINDS: list[tuple[type[msgspec.Struct], dict[str, Any]]] = [
    (formats.LaneFile, LANE),
    (formats.LeaseOwner, OWNER),
    (formats.InstanceFile, INSTANCE),
]


@pytest.mark.parametrize(("kind", "fields"), KINDS)
def test_a_file_has_exactly_the_fields_of_pi_lane_in_its_form(
    tmp_path: Path, kind: type[msgspec.Struct], fields: dict[str, Any]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(fields))
    value = formats.read(path, kind)
    assert value is not None
    formats.write(path, value)
    assert path.read_text() == json.dumps(fields, indent=2) + "\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [left.name for left in tmp_path.iterdir()] == ["x.json"]


def test_what_pi_sync_adds_to_a_lane_survives(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    more = {**LANE, "id": "ln_abcdefgh", "displayId": "L1", "aliasPath": "/a.json"}
    path.write_text(json.dumps(more))
    value = formats.read(path, formats.LaneFile)
    assert value is not None
    formats.write(path, value)
    assert json.loads(path.read_text()) == more


@pytest.mark.parametrize("kind", [kind for kind, _fields in KINDS])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schemaVersion": 1}', b"[" * 200_000, b'{"name": 7}', b"\x00" * 99],
)
def test_l_s15_a_broken_file_counts_as_absent(tmp_path: Path, kind: type[msgspec.Struct], content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert formats.read(path, kind) is None


def test_a_file_that_is_not_there_or_no_file_counts_as_absent(tmp_path: Path) -> None:
    assert formats.read(tmp_path / "x.json", formats.LaneFile) is None
    assert formats.read(tmp_path, formats.LaneFile) is None


def test_a_path_that_is_not_text_can_be_written_and_read(tmp_path: Path) -> None:
    odd = formats.parse(json.dumps({**INSTANCE, "sessionFile": "/caf\udce9.jsonl"}).encode(), formats.InstanceFile)
    assert odd is not None
    formats.write(tmp_path / "x.json", odd)
    assert formats.read(tmp_path / "x.json", formats.InstanceFile) == odd
    assert json.loads((tmp_path / "x.json").read_bytes())["sessionFile"] == "/caf\udce9.jsonl"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    lane = formats.parse(json.dumps(LANE).encode(), formats.LaneFile)
    assert lane
    (tmp_path / "x.json").mkdir()
    with pytest.raises(OSError, match=r"x\.json"):
        formats.write(tmp_path / "x.json", lane)
    assert [left.name for left in tmp_path.iterdir()] == ["x.json"]


def test_moments_are_utc_with_milliseconds_as_javascript_writes_them() -> None:
    now = formats.now_iso()
    assert len(now) == len("2026-05-18T04:20:00.000Z")
    assert now.endswith("Z")
    assert abs(formats.age_s(now) or 99.0) < 5.0


def test_the_age_of_a_moment_is_in_seconds_and_none_of_nonsense() -> None:
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).replace(tzinfo=None).isoformat()
    assert formats.age_s(hour_ago) == pytest.approx(3600, abs=5)
    assert formats.age_s("soon") is None


def test_the_debug_log_is_one_object_a_line(tmp_path: Path) -> None:
    log = tmp_path / "debug.jsonl"
    formats.append_debug(log, "lock_acquired", lane="main", leaseEpoch=4)
    formats.append_debug(log, "lock_released", lane="main", text="a\nb \udce9")
    log.write_bytes(log.read_bytes() + b"garbage\n[1]\n")
    lines = list(formats.read_debug(log))
    assert [(line.event, line.data["lane"]) for line in lines] == [("lock_acquired", "main"), ("lock_released", "main")]
    assert log.stat().st_mode & 0o777 == 0o600


def test_l_x14_a_debug_log_over_a_megabyte_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "debug.jsonl"
    for _ in range(5):
        formats.append_debug(log, "big", text="x" * 300_000)
    assert log.stat().st_size < formats.DEBUG_BYTES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["debug.jsonl", "debug.jsonl.1"]
    assert len(list(formats.read_debug(log))) == 1


def test_a_debug_log_that_cannot_be_written_or_read_is_let_be(tmp_path: Path) -> None:
    formats.append_debug(tmp_path / "missing" / "debug.jsonl", "x")
    assert list(formats.read_debug(tmp_path / "missing" / "debug.jsonl")) == []
