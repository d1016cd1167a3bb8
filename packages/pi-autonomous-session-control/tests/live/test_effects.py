"""What the plugin does in real pi: traps, warnings, labels, follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Pi

    Ask = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_a_trap_blocks_a_bash_call(mirrored: Pi, ask: Ask) -> None:
    with mirrored.rpc() as rpc:
        ask(rpc, 'Mark as trap: "it deletes the fixtures"', triggers=["make clean"], level="block")
        mirrored.model.add(Call("bash", command="touch ran; make clean"), Say("then not"))
        rpc.prompt("clean up", timeout=60)

        assert "it deletes the fixtures" in mirrored.model.requests[-1].texts("tool")[-1]
        assert not (mirrored.home.cwd / "ran").exists()
        (trap,) = ask(rpc, "List traps")["data"]["traps"]
        assert (trap["encounterCount"], trap["outcomes"]) == (1, {"blocked": 1})


@pytest.mark.parametrize("allowed", [True, False])
def test_a_trap_asks_the_user(mirrored: Pi, ask: Ask, *, allowed: bool) -> None:
    with mirrored.rpc() as rpc:
        rpc.on_ui(lambda request: allowed if request["method"] == "confirm" else None)
        ask(rpc, 'Mark as trap: "slow"', triggers=["touch"], level="confirm")
        mirrored.model.add(Call("bash", command="touch ran"), Say("ok"))
        rpc.prompt("go", timeout=60)
        assert (mirrored.home.cwd / "ran").exists() == allowed


def test_without_anybody_to_ask_a_confirming_trap_blocks(mirrored: Pi, ask: Ask) -> None:
    with mirrored.rpc() as rpc:
        ask(rpc, 'Mark as trap: "slow"', triggers=["touch"], level="confirm")
    mirrored.model.add(Call("bash", command="touch ran"), Say("ok"))
    mirrored.print("go")
    assert not (mirrored.home.cwd / "ran").exists()


def test_a_loop_is_reported(mirrored: Pi, ask: Ask) -> None:
    for _ in range(4):
        mirrored.model.add(Call("bash", command="cat missing.txt"))
    mirrored.model.add(Say("hm"))
    with mirrored.rpc() as rpc:
        rpc.prompt("read it", timeout=60)
        found = ask(rpc, "Am I going in circles?")["data"]
    assert found["isLooping"]
    assert {pattern["type"] for pattern in found["patterns"]} >= {"command_loop", "error_loop"}


def test_a_warning_is_pushed_where_the_user_asked_for_it(mirrored: Pi) -> None:
    (mirrored.home.agent_dir / "pi-host.toml").write_text("[plugins.self]\nwarn_after = 3\n")
    for _ in range(8):
        mirrored.model.add(Call("bash", command="cat missing.txt"))
    mirrored.model.add(Say("hm"))
    with mirrored.rpc() as rpc:
        rpc.prompt("read it", timeout=60)
    said = [text for request in mirrored.model.requests for text in request.texts("user")]
    assert any("You seem to go in circles" in text for text in said)


def test_a_checkpoint_is_a_label_and_a_follow_up_comes_when_the_run_settles(mirrored: Pi, ask: Ask) -> None:
    with mirrored.rpc() as rpc:
        label = ask(rpc, 'Create checkpoint "before the split"')["data"]["label"]
        entries = rpc.get_entries()["entries"]
        assert [entry["label"] for entry in entries if entry["type"] == "label"] == [label]

        mirrored.model.add(Call("self", query="Queue follow-up: run the linter"), Say("queued"), Say("linted"))
        rpc.prompt("work", timeout=60)
        rpc.wait_for(lambda record: "linted" in str(record), timeout=30, what="the answer to the follow-up")
    assert "run the linter" in mirrored.model.requests[-1].texts("user")[-1]


def test_in_print_mode_a_follow_up_still_comes(mirrored: Pi) -> None:
    mirrored.model.add(Call("self", query="Queue follow-up: run the linter"), Say("queued"), Say("linted"))
    done = mirrored.print("work")
    assert "linted" in done.stdout
