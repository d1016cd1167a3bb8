"""One good and one bad path through the installed library; the release check runs it."""

from __future__ import annotations

from pi_devkit import components


def smoke() -> None:
    """Read a registry that is right, and one that is not."""
    text = 'schema = 1\n[project]\nrepository = "x"\n[components.pi-a]\npath = "a"\nkind = "tool"\nimport = "pi_a"\n'
    assert list(components.parse(text).components) == ["pi-a"]
    assert "knid" in _refusal(text.replace("kind", "knid"))


def _refusal(text: str) -> str:
    try:
        components.parse(text)
    except Exception as error:  # noqa: BLE001  # its class is not public
        return str(error)
    return ""
