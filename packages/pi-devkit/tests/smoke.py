"""One good and one bad path through the installed library; the release check runs it."""

from __future__ import annotations

from pi_devkit import components

TEXT = 'schema = 1\n[project]\nrepository = "x"\n[components.pi-a]\npath = "a"\nkind = "tool"\nimport = "pi_a"\n'


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Read a registry that is right."""
    assert list(components.parse(TEXT).components) == ["pi-a"]


def bad() -> None:
    """Read one that is not."""
    assert "knid" in _refusal(TEXT.replace("kind", "knid"))


def _refusal(text: str) -> str:
    try:
        components.parse(text)
    except Exception as error:  # noqa: BLE001  # its class is not public
        return str(error)
    return ""
