from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from msgspec.structs import replace

from pi_trace_headers import _variables
from pi_trace_headers._identity import sha256, uuid5
from pi_trace_headers._variables import SALTED, VARIABLES, Scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_trace_headers._state import Request
    from pi_trace_headers._variables import Moment

    MakeMoment = Callable[..., Moment]


@pytest.fixture
def value(request_: Request, moment: MakeMoment) -> Callable[..., str | None]:
    def get(variable: str, request: Request = request_, **more: object) -> str | None:
        return Scene(request, moment(**more), salt="pepper", environ={"TEAM": "docs", "NONE": ""}).value(variable)

    return get


def test_every_variable_can_be_asked_for(value: Callable[..., str | None]) -> None:
    for variable in VARIABLES:
        assert value(variable) is None or isinstance(value(variable), str)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("session.id", "01970000-0000-7000-8000-000000000000"),
        ("trace.id", "d9af0f656bcbd9eb0c05b54f7e5180c1"),
        ("run.id", "0a1b2c3d"),
        ("turn", "1"),
        ("request.n", "3"),
        ("attempt", "1"),
        ("model.provider", "work"),
        ("model.id", "gpt-5"),
        ("env.TEAM", "docs"),
        ("env.NONE", None),
        ("env.PATH", None),
        ("session.name", None),
        ("session.parent_id", None),
        ("session.external_id", None),
        ("tracestate", None),
    ],
)
def test_a_variable_is(variable: str, expected: str | None, value: Callable[..., str | None]) -> None:
    assert value(variable) == expected


def test_the_trace_as_a_uuid_is_a_valid_one(value: Callable[..., str | None]) -> None:
    assert UUID(str(value("trace.uuid"))).version == 5


def test_guessable_things_are_hashed_with_the_salt(value: Callable[..., str | None]) -> None:
    assert value("cwd.hash") == sha256("pepper\0/work")[:32]
    assert value("session.file_hash") == sha256("pepper\0/sessions/s.jsonl")[:32]
    assert value("user.hash") == sha256(f"pepper\0{getpass.getuser()}")[:32]


def test_without_a_salt_nothing_guessable_is_hashed(request_: Request, moment: MakeMoment) -> None:
    scene = Scene(request_, moment(), salt="", environ={})
    assert [scene.value(variable) for variable in SALTED] == [None] * len(SALTED)


def test_a_session_without_a_file_has_the_id_of_the_process(value: Callable[..., str | None]) -> None:
    assert value("session.file_uuid") == uuid5("/sessions/s.jsonl")
    assert value("session.file_uuid", session_file=None) == uuid5(_variables._PROCESS)
    assert re.fullmatch(rf"pi-proc-{os.getppid()}-\d+", _variables._PROCESS)


def test_the_other_variables_of_a_parent(request_: Request, value: Callable[..., str | None]) -> None:
    identity = replace(request_.identity, tracestate="a=1", parent_session_id="p", sampled=False)
    child = replace(request_, identity=identity)
    assert value("tracestate", child) == "a=1"
    assert value("session.parent_id", child) == "p"
    assert str(value("traceparent", child)).endswith("-00")


def test_outside_of_a_run_there_is_no_run_and_no_turn(request_: Request, value: Callable[..., str | None]) -> None:
    outside = replace(request_, identity=replace(request_.identity, run_id=None), turn=None)
    assert (value("run.id", outside), value("turn", outside)) == (None, None)
    assert value("baggage", outside) == "session.id=01970000-0000-7000-8000-000000000000"


def test_the_parent_s_baggage_is_not_passed_to_gateways(request_: Request, value: Callable[..., str | None]) -> None:
    child = replace(request_, identity=replace(request_.identity, baggage="user=ada"))
    assert "ada" not in str(value("baggage", child))


def test_the_id_that_a_launcher_gave(value: Callable[..., str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_TRACE_SESSION", "ticket-7")
    assert value("session.external_id") == "ticket-7"


def test_the_commit_of_the_working_directory(value: Callable[..., str | None], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("0" * 39 + "1\n")
    assert value("git.sha", cwd=str(tmp_path)) == "0" * 39 + "1"


def test_a_user_without_a_name_has_no_hash(value: Callable[..., str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert value("user.hash") is None


def test_importing_the_plugin_brings_nothing_heavy() -> None:
    code = "import sys, asyncio, pi_host; had = set(sys.modules); import pi_trace_headers.plugin; "
    code += "print({'hashlib', 'tomllib', 'typer', 'rich', 'opentelemetry', 'getpass', 'urllib.parse', "
    code += "'pi_trace_headers._engine'} & (set(sys.modules) - had))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
