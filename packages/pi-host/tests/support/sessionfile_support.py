"""Session files made at random, and what pi's own code says about a file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from pi_testkit import provision

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

Fields: TypeAlias = dict[str, Any]

TIMESTAMP = "2026-01-01T00:00:00.000Z"
HEADER: Fields = {"type": "session", "version": 3, "id": "s-1", "timestamp": TIMESTAMP, "cwd": "/work"}
SCRIPT = Path(__file__).parent.parent / "sessionfile" / "reference.mjs"


def rendered(*lines: Fields) -> bytes:
    return b"".join(_line(line, ascii_only=False) + b"\n" for line in lines)


def entry(entry_id: str, parent_id: str | None, kind: str = "custom", **fields: Any) -> Fields:
    return {"type": kind, "id": entry_id, "parentId": parent_id, "timestamp": TIMESTAMP, **fields}


def user(entry_id: str, parent_id: str | None, text: str) -> Fields:
    return entry(entry_id, parent_id, "message", message={"role": "user", "content": text, "timestamp": 1})


class Reference:
    """pi's own session manager, in one process for many files."""

    def __init__(self, version: str, folder: Path) -> None:
        pi = provision(version)
        package = pi.root / "node_modules/@earendil-works/pi-coding-agent"
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [pi.node, SCRIPT, package], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ask(self, data: bytes) -> Fields:
        """Return what pi says about a file with these bytes."""
        self._count += 1
        path = self._folder / f"{self._count}.jsonl"
        path.write_bytes(data)
        return self.ask_about(path)

    def ask_about(self, path: Path) -> Fields:
        """Return what pi says about a file, which it may change."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        answer: Fields = json.loads(self._process.stdout.readline())
        for key in answer.keys() & {"messages", "sent"}:
            answer[key] = without_times(answer[key])
        return answer


def without_times(messages: list[Any]) -> list[Fields]:
    """The messages without their times, and without what is no message but stood in the place of one."""
    return [
        {key: value for key, value in message.items() if key != "timestamp"}
        for message in messages
        if isinstance(message, dict)
    ]


TEXTS = st.sampled_from(["", "a", "two words", "é\u2028\x85", "😀", "\ud83d", "line\nline", "null"])
BLOCK = TEXTS.map(lambda text: {"type": "text", "text": text})
BLOCKS = st.lists(BLOCK, max_size=2)
CONTENTS = st.one_of(TEXTS, BLOCKS, st.none())
CALL_IDS = st.sampled_from(["c1", "c2", "c3"])
CALLS = CALL_IDS.map(lambda call: {"type": "toolCall", "id": call, "name": "read", "arguments": {"n": 1}})


def optional(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries({}, optional=strategies)


def assistants() -> st.SearchStrategy[Fields]:
    thinking = st.just({"type": "thinking", "thinking": "hm"})
    return st.one_of(
        st.fixed_dictionaries(
            {
                "role": st.just("assistant"),
                "content": st.one_of(st.none(), st.lists(st.one_of(BLOCK, CALLS, thinking), max_size=4)),
                "api": st.just("plain"),
                "provider": st.just("here"),
                "model": st.just("one"),
                "stopReason": st.sampled_from(["stop", "stop", "toolUse", "error", "aborted"]),
            }
        ),
        st.fixed_dictionaries(
            {
                "role": st.just("assistant"),
                "content": BLOCKS,
                "api": st.just("plain"),
                "provider": st.just("elsewhere"),
                "model": st.just("two"),
                "stopReason": st.just("stop"),
            }
        ),
    )


MESSAGES = st.one_of(
    st.fixed_dictionaries({"role": st.just("user"), "content": CONTENTS, "timestamp": st.just(1)}),
    assistants(),
    st.fixed_dictionaries(
        {
            "role": st.just("toolResult"),
            "toolCallId": CALL_IDS,
            "toolName": st.just("read"),
            "content": st.one_of(BLOCKS, st.none()),
            "isError": st.booleans(),
        }
    ),
    st.fixed_dictionaries({"role": st.just("system"), "content": st.one_of(TEXTS, st.none())}),
    st.fixed_dictionaries(
        {
            "role": st.just("bashExecution"),
            "command": TEXTS,
            "output": TEXTS,
            "exitCode": st.sampled_from([0, 1, None]),
            "cancelled": st.booleans(),
            "truncated": st.booleans(),
        },
        optional={"excludeFromContext": st.booleans(), "fullOutputPath": st.just("out.txt")},
    ),
    st.fixed_dictionaries({"role": st.just("custom"), "customType": st.just("x"), "content": CONTENTS}),
    st.fixed_dictionaries({"role": st.just("hookMessage"), "content": CONTENTS}),
    st.fixed_dictionaries({"role": st.just("nobody-knows"), "content": CONTENTS, "extra": TEXTS}),
)


@st.composite
def bodies(draw: st.DrawFn, entry_id: str, ids: list[str]) -> Fields:
    """The type of an entry and what goes with it."""
    some_id = st.sampled_from([*ids, entry_id, "nowhere"])
    kinds: dict[str, st.SearchStrategy[Fields]] = {
        "message": st.fixed_dictionaries({"message": MESSAGES}),
        "custom_message": st.fixed_dictionaries(
            {"customType": st.just("x"), "content": CONTENTS, "display": st.booleans()}
        ),
        "branch_summary": st.fixed_dictionaries({"fromId": some_id, "summary": TEXTS}),
        "compaction": st.fixed_dictionaries(
            {"summary": TEXTS, "tokensBefore": st.just(5)},
            optional={"firstKeptEntryId": some_id, "systemMessage": st.just({"role": "system", "content": "rules"})},
        ),
        "context_edit": st.fixed_dictionaries(
            {
                "targetId": some_id,
                "replacement": st.one_of(st.none(), st.fixed_dictionaries({"content": st.one_of(TEXTS, BLOCKS)})),
            }
        ),
        "label": st.fixed_dictionaries({"targetId": some_id}, optional={"label": TEXTS}),
        "session_info": optional(name=TEXTS),
        "custom": st.fixed_dictionaries({"customType": st.just("x")}, optional={"data": st.just([1.50, {"a": None}])}),
        "usage": st.fixed_dictionaries({"kind": st.just("cache_warm"), "usage": st.just({"input": 1})}),
        "model_change": st.fixed_dictionaries({"provider": TEXTS, "modelId": TEXTS}),
        "thinking_level_change": st.fixed_dictionaries({"thinkingLevel": st.sampled_from(["off", "high"])}),
        "from_the_future": st.fixed_dictionaries({"message": TEXTS}),
    }
    kind = draw(st.sampled_from(["message"] * 8 + ["compaction", "context_edit"] * 2 + list(kinds)))
    return {"type": kind, **draw(kinds[kind])}


@st.composite
def trees(draw: st.DrawFn) -> list[Fields]:
    """The header and entries of a file in version 3, in file order."""
    lines: list[Fields] = [HEADER]
    ids: list[str] = []
    for number in range(draw(st.integers(0, 14))):
        entry_id = f"{number:08x}"
        parents = st.sampled_from([*ids[-1:] * 12, *ids, None, *(["gone"] * bool(ids))])
        body = draw(bodies(entry_id, ids))
        lines.append({"id": entry_id, "parentId": draw(parents), "timestamp": TIMESTAMP, **body})
        ids.append(entry_id)
    return lines


@st.composite
def old_files(draw: st.DrawFn) -> list[Fields]:
    """The header and entries of a file in version 1 or 2."""
    lines = draw(trees())
    version = draw(st.sampled_from([None, 1, 2]))
    header = {key: value for key, value in HEADER.items() if key != "version"}
    lines[0] = {**header, **({} if version is None else {"version": version}), "provider": "here"}
    if version == 2:
        return lines
    for line in lines[1:]:
        del line["id"], line["parentId"]
        if line["type"] == "compaction":
            line.pop("firstKeptEntryId", None)
            line["firstKeptEntryIndex"] = draw(st.integers(-1, len(lines)))
    return lines


ODD_LINES = st.sampled_from(
    [
        *(b"", b"  ", b"\xc2\xa0", b"\r", b"\x0b"),
        *(b"null", b"0", b"-0.0", b"false", b'""', b"123", b"[]", b"{}", b"true", b'"text"'),
        *(
            b"garbage",
            b"NaN",
            b'{"x":01}',
            b'{"a":1}{"b":2}',
            b"\0\0\0\0",
            b"\xff\xfe",
            b'{"type":"message","id":"torn',
        ),
        b'{"type":"custom","x":"\xff"}',
        b'{"type":"custom","id":null,"parentId":null}',
        b'{"type":"custom","id":"","parentId":"00000000"}',
        b'{"type":"custom","parentId":"00000000","timestamp":"t"}',
        b'{"type":"custom","id":"lone","parentId":null,"x":"\\ud83d"}',
        b'{"type":"custom","id":"dup","id":"last","parentId":null}',
        b'{"type":"message","id":"m","parentId":null,"timestamp":"t"}',
        b'{"type":"message","id":"m","parentId":"00000000","timestamp":"t","message":null}',
        b'{"type":"message","id":"m","parentId":"00000000","timestamp":"t","message":"text"}',
        b'{"type":"context_edit","id":"e","parentId":"00000000","timestamp":"t","targetId":"00000000"}',
        b'{"id":"00000001"}',
        b'{"x":1e999}',
        b'\xef\xbb\xbf{"type":"custom","id":"bom"}',
        b'{"type":"session","id":"s-2","version":3}',
        b'{"type":"session"}',
    ]
)


@st.composite
def damaged(draw: st.DrawFn, files: st.SearchStrategy[list[Fields]]) -> bytes:
    """The bytes of a file to which some of what happens to files has happened."""
    ascii_only = draw(st.booleans())
    lines = [_line(fields, ascii_only=ascii_only) for fields in draw(files)]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(["insert", "drop", "double", "glue", "cr", "swap"])):
            case "insert":
                lines.insert(place, draw(ODD_LINES))
            case "drop":
                del lines[place : place + 1]
            case "double":
                lines[place:place] = lines[place : place + 1]
            case "glue":
                lines[place : place + 2] = [b"".join(lines[place : place + 2])]
            case "cr":
                lines[place : place + 1] = [line + b"\r" for line in lines[place : place + 1]]
            case "swap":
                lines[place : place + 2] = reversed(lines[place : place + 2])
    data = b"".join(line + b"\n" for line in lines)
    cut = draw(st.sampled_from([0, 0, 0, 1, 2, 10, 40]))
    return data[: len(data) - cut]


def _line(fields: Fields, *, ascii_only: bool) -> bytes:
    text = json.dumps(fields, ensure_ascii=ascii_only)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(fields).encode()
