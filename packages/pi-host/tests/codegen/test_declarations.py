"""What pi's own files say, read here with nothing but a regular expression."""

import re
from pathlib import Path

import pytest
from pi_codegen.extract import extract
from pi_codegen.fetch import lay_out, load_lock

from pi_host._catalog import CATALOG

LOCK = load_lock(Path(__file__).parents[2] / "codegen" / "packages.toml")
TYPES = "@earendil-works/pi-coding-agent/dist/core/extensions/types.d.ts"


def declared(pi: str) -> list[str]:
    return re.findall(r'^    on\(event: "(\w+)"', (lay_out(LOCK, pi) / TYPES).read_text(), re.MULTILINE)


@pytest.mark.timeout(300)
def test_catalog_has_every_overload_of_on_in_pis_order() -> None:
    assert list(CATALOG) == declared("1.5.2")
    assert len(CATALOG) == 41


@pytest.mark.timeout(300)
@pytest.mark.parametrize("pi", ["0.74.2", "0.87.1"])
def test_since_agrees_with_the_overloads_of_an_older_pi(pi: str) -> None:
    def parts(version: str) -> list[int]:
        return [int(part) for part in version.split(".")]

    assert {name for name, info in CATALOG.items() if parts(info.since) <= parts(pi)} == set(declared(pi))


@pytest.mark.timeout(300)
def test_sets_become_lists_and_functions_and_signals_are_left_out() -> None:
    defs = extract(LOCK, "1.5.2")["defs"]

    assert defs["FileOperations"]["properties"]["read"] == {
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
    }
    assert "signal" not in defs["SessionBeforeTreeEvent"]["properties"]
    assert list(defs["UserBashEventResult"]["properties"]) == ["result"]


@pytest.mark.timeout(300)
def test_no_named_type_stayed_unknown() -> None:
    defs = extract(LOCK, "1.5.2")["defs"]

    # The body of a request is anything; every other name stands for a shape that was really read.
    assert [name for name, schema in defs.items() if not schema] == ["BeforeProviderRequestEventResult"]
