from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pi_host._catalog import CATALOG

if TYPE_CHECKING:
    from cli_support import User


def test_every_event_is_listed_with_who_implements_it(bare: User) -> None:
    bare.plugin("gate", "@hookimpl\ndef tool_call(event):\n    pass\n")
    rows = {row["name"]: row for row in json.loads(bare("events", "--json").stdout)}
    assert list(rows) == list(CATALOG)
    assert rows["tool_call"]["implemented_by"] == ["gate"]
    assert rows["tool_call"]["fails"] == "closed"
    assert rows["context"]["implemented_by"] == []


def test_the_table_has_a_line_for_every_event(bare: User) -> None:
    table = bare("events").stdout
    assert [name for name in CATALOG if f" {name} " not in table] == []


def test_one_event_is_explained_with_its_fields_and_an_example(bare: User) -> None:
    page = bare("events", "tool_call").stdout
    assert "Fails closed" in page
    assert "def tool_call(event: ToolCallEvent)" in page
    assert "tool_name: str  The tool's name." in page


@pytest.mark.parametrize("name", CATALOG)
def test_each_events_fields_are_those_of_its_class(name: str) -> None:
    import importlib  # noqa: PLC0415  # with the check, not with the collection

    from pi_host.cli.events import fields_of  # noqa: PLC0415  # as above

    event = getattr(importlib.import_module(f"pi_host.events._{CATALOG[name].group}"), CATALOG[name].event)
    assert list(fields_of(event)) == list(event.__struct_fields__)
