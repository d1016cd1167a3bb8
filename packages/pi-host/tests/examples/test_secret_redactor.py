from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")

#: Put together here, so that no scanner takes this file for a leak.
AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
GITHUB = "ghp_" + "a" * 36
API = "sk-" + "b" * 24


def test_neither_the_model_nor_the_session_file_sees_a_secret(real: Pi) -> None:
    (real.home.cwd / "notes.txt").write_text(f"key {AWS}\nurl https://me:hunter2@example.org/\n")
    real.model.add(Call("read", path="notes.txt"), Call("bash", command="cat notes.txt"), Say("done"))
    rpc = real.rpc()
    rpc.prompt("read it")
    for seen in real.model.requests[-1].texts("tool"):
        assert "key [AWS key removed]\nurl https://[password removed]@example.org/" in seen
    written = real.home.sessions()[0].read_text()
    assert AWS not in written
    assert "hunter2" not in written
    assert [request["message"] for request in rpc.ui_requests] == ["kept from the model: AWS key, password"] * 2


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"a {GITHUB} b", "a [GitHub token removed] b"),
        (f"OPENAI={API}", "OPENAI=[API key removed]"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nrest", "[private key removed]\nrest"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", "[private key removed]"),
    ],
)
def test_kinds_of_secrets(fake: FakePi, text: str, left: str) -> None:
    image = {"type": "image", "data": "", "mimeType": "image/png"}
    answer = fake.fire("tool_result", content=[{"type": "text", "text": text}, image]).answer
    assert answer == {"content": [{"type": "text", "text": left}, image]}


@pytest.mark.parametrize("text", ["", "risk-free", "https://example.org/a:b@c", "sk-short"])
def test_everything_else_is_left_alone(fake: FakePi, text: str) -> None:
    assert fake.fire("tool_result", content=[{"type": "text", "text": text}]).answer is None
