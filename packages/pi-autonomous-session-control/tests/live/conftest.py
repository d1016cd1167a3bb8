"""Real pi with the plugin `self`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pi_host.launch import BRIDGE, environment

if TYPE_CHECKING:
    from pi_testkit import Pi, RpcPi

_HELPER = Path(__file__).parent / "helper.mjs"


@pytest.fixture
def mirrored(pi: Pi) -> Pi:
    """The same pi with the plugin, and with no other."""
    env = environment(plugins=["self"], autoload=False, cache=pi.home.root / "pi-host")
    return replace(pi, extensions=[BRIDGE, _HELPER], env=env)


class Asked:
    """What the tool `self` answered in a session, oldest first."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.details: list[dict[str, Any]] = []
        self.texts: list[str] = []
        for record in records:
            if record.get("type") == "tool_execution_end" and record.get("toolName") == "self":
                self.details.append(record["result"].get("details") or {})
                self.texts.append(json.dumps(record["result"]["content"]))

    @property
    def data(self) -> dict[str, Any]:
        """The data of the last answer."""
        data: dict[str, Any] = self.details[-1]["data"]
        return data


@pytest.fixture
def asked() -> type[Asked]:
    return Asked


@pytest.fixture
def ask(mirrored: Pi) -> Any:
    """Let the model ask the mirror, and return what it answers."""
    from pi_testkit import Call, Say  # noqa: PLC0415  # brings a whole HTTP server

    def ask(rpc: RpcPi, query: str, **context: Any) -> dict[str, Any]:
        given = {"context": context} if context else {}
        mirrored.model.add(Call("self", query=query, **given), Say("seen"))
        details = Asked(rpc.prompt(f"ask: {query}", timeout=60)).details
        assert details, rpc.process.tail()
        return details[-1]

    return ask
