"""pi through a gateway, for one launch that leaves nothing behind."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shell_support import listing

from pi_testkit import Call, Say
from pi_trace_headers._identity import derive_trace_id, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Tracer

OPPER = ("run", "--gateway", "opper", "--model", "anthropic/claude", "--")

#: A file with comments and trailing commas, which pi reads since 0.73.1, and a provider called like the gateway's.
COMMENTED = """{
  // my own providers
  "providers": {
    "opper": { "baseUrl": "http://127.0.0.1:1/v1", "apiKey": "mine", /* keep */ "api": "openai-completions",
               "models": [{ "id": "mine", }], },
  },
}
"""


UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

#: Seconds after which a launch is killed: before Python is up, while it prepares, while pi starts, while it works.
MOMENTS = (0.0, 0.15, 0.3, 0.5, 0.75, 1.1)


@pytest.fixture
def settled(tracer: Tracer) -> Tracer:
    """Somebody with a commented ``models.json`` who has run this pi once, so that pi has written what it writes."""
    (tracer.user.home.agent_dir / "models.json").write_text(COMMENTED, "utf-8")
    tracer.configure("# mine\n")
    tracer.model.add(Say("hello"))
    assert tracer(*OPPER, "-p", "hi", "--no-session").stdout == "hello\n"
    return tracer


def launch(tracer: Tracer, *words: str) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        tracer.argv(*words), cwd=tracer.user.home.cwd, env=tracer.env(), stdin=nothing, stdout=nothing, stderr=nothing
    )


def test_requests_go_to_the_gateway_with_its_headers_and_key(tracer: Tracer) -> None:
    tracer.model.add(Say("hello"))
    done = tracer(*OPPER, "-p", "hi", "--no-session")
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
    (request,) = tracer.model.requests
    assert request.header("authorization") == "Bearer the-key"
    assert request.model == "anthropic/claude"
    assert re.fullmatch(UUID, str(request.header("x-opper-trace-id")))
    assert request.header("x-opper-parent-span-id") == request.header("x-opper-trace-id")


@pytest.mark.pi_versions("1.5.2")
def test_the_session_is_the_trace(tracer: Tracer) -> None:
    tracer.model.add(Say("one"), Say("two"))
    tracer(*OPPER, "-p", "hi")
    (file,) = tracer.user.home.sessions()
    tracer(*OPPER, "-p", "again", "--session", str(file))
    number = json.loads(file.read_text("utf-8").partition("\n")[0])["id"]
    expected = uuid5(derive_trace_id(number))
    assert [request.header("x-opper-trace-id") for request in tracer.model.requests] == [expected] * 2


@pytest.mark.pi_versions("1.5.2")
def test_opper_s_own_ids_are_those_of_its_command_line(tracer: Tracer) -> None:
    tracer.model.add(Say("one"))
    tracer("run", "--gateway", "opper-compat", "--model", "m", "--", "-p", "hi")
    (file,) = tracer.user.home.sessions()
    (request,) = tracer.model.requests
    assert request.header("x-opper-trace-id") == request.header("x-opper-parent-span-id") == uuid5(str(file))


def test_a_launch_changes_nothing(settled: Tracer) -> None:
    before = listing(settled.user.home.agent_dir)
    settled.model.add(Say("hello"))
    settled(*OPPER, "-p", "hi", "--no-session")
    assert listing(settled.user.home.agent_dir) == before
    assert before["models.json"] == COMMENTED.encode()


@pytest.mark.pi_versions("1.5.2")
def test_a_launch_killed_at_any_moment_leaves_nothing_behind(settled: Tracer) -> None:
    before = listing(settled.user.home.agent_dir)
    settled.model.add(*(Say(tokens=200, tokens_per_second=20) for _ in MOMENTS))
    for moment in MOMENTS:
        process = launch(settled, *OPPER, "-p", "hi", "--no-session")
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert listing(settled.user.home.agent_dir) == before, moment
    assert listing(settled.user.home.cwd) == {}


@pytest.mark.pi_versions("1.5.2")
def test_a_launch_killed_while_the_model_answers_leaves_nothing_behind(settled: Tracer) -> None:
    before = listing(settled.user.home.agent_dir)
    settled.model.add(Say(tokens=200, tokens_per_second=20))
    process = launch(settled, *OPPER, "-p", "hi", "--no-session")
    _until(lambda: len(settled.model.requests) == 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert listing(settled.user.home.agent_dir) == before


@pytest.mark.pi_versions("1.5.2")
def test_two_launches_at_once_do_not_see_each_other(settled: Tracer) -> None:
    before = listing(settled.user.home.agent_dir)
    settled.model.add(Say(tokens=40, tokens_per_second=20), Say(tokens=40, tokens_per_second=20))
    common = ("run", "--gateway", "opper", "--model")
    first = launch(settled, *common, "one", "--", "-p", "hi", "--no-session")
    second = launch(settled, *common, "two", "--", "-p", "hi", "--no-session")
    _until(lambda: len(settled.model.requests) == 3)
    first.kill()
    first.wait()
    assert second.wait(timeout=30) == 0
    requests = settled.model.requests[1:]
    assert {request.model for request in requests} == {"one", "two"}
    assert len({request.header("x-opper-trace-id") for request in requests}) == 2
    assert listing(settled.user.home.agent_dir) == before


@pytest.mark.pi_versions("1.5.2")
def test_the_key_is_on_no_command_line_and_in_no_file(settled: Tracer) -> None:
    settled.model.add(Say(tokens=40, tokens_per_second=20))
    process = launch(settled, *OPPER, "-p", "hi", "--no-session")
    lines: set[bytes] = set()

    def asked() -> bool:
        lines.update(_read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))
        return len(settled.model.requests) == 2

    _until(asked)
    process.kill()
    process.wait()
    assert any(b"provider.js" in line for line in lines)
    assert not any(b"the-key" in line for line in lines)
    assert not [path for path, content in listing(settled.user.home.root).items() if b"the-key" in (content or b"")]


def test_a_pi_that_a_tool_starts_has_the_gateway_and_is_in_the_trace(tracer: Tracer) -> None:
    child = "pi --provider opper --model anthropic/claude -p --no-session help < /dev/null"
    tracer.model.add(Call("bash", command=child), Say("helped"), Say("done"))
    done = tracer(*OPPER, "-p", "hi", "--no-session")
    assert (done.stdout, done.stderr) == ("done\n", "")
    assert tracer.model.requests[1].texts("user") == ["help"]
    assert len({request.header("x-opper-trace-id") for request in tracer.model.requests}) == 1
    assert tracer.model.requests[2].texts("tool") == ["helped\n"]


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_provider_that_pi_knows_may_get_the_headers(tracer: Tracer) -> None:
    tracer.model.add(Say("hello"))
    done = tracer("run", "--gateway", "litellm", "--provider", "scripted", "--model", "scripted-1", "--", "-p", "hi")
    assert (done.stdout, done.stderr) == ("hello\n", "")
    (request,) = tracer.model.requests
    assert request.header("x-litellm-session-id")
    assert request.header("authorization") == "Bearer none-needed"


@pytest.mark.parametrize(
    ("words", "env", "message"),
    [
        (("--gateway", "oper"), {}, "there is no preset 'oper'; `pi-trace presets list` shows 15 of them"),
        (("--gateway", "opper"), {}, "which model? give --model with the gateway's name of it"),
        (("--gateway", "opper", "--model", "m"), {"OPPER_API_KEY": ""}, "OPPER_API_KEY is not set"),
        (("--gateway", "litellm", "--model", "m"), {}, "'litellm' has no address of its own; give --base-url"),
        (("--gateway", "w3c", "--model", "m"), {}, "no provider can be made of 'w3c'; name one that pi knows"),
        (("--gateway", "opper", "--model", "m", "--base-url", "!id"), {}, "'!id' is no address of an API"),
        (("--gateway", "opper", "--provider", "x", "--key-env", "K"), {}, "leave out --base-url and --key-env"),
    ],
)
def test_what_can_t_be_launched_is_explained(
    pi_trace: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    env: dict[str, str],
    message: str,
) -> None:
    for name, value in ({"OPPER_API_KEY": "the-key"} | env).items():
        monkeypatch.setenv(name, value)
    code, _, told = pi_trace("run", *words)
    assert code == 1
    assert told.startswith("pi-trace: ")
    assert message in told
    assert told.count("\n") == 1


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile
        return b""
