import subprocess
import sys

import pytest

from pi_host import events


@pytest.mark.parametrize("name", events.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(events, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'pi_host\.events' has no attribute 'Nothing'"):
        _ = events.Nothing


def test_only_the_group_that_is_used_is_imported() -> None:
    code = "import sys, pi_host.events as e; e.ToolCallEvent; print(*sorted(m for m in sys.modules if '.events.' in m))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)

    assert done.stdout.strip() == "pi_host.events._tools pi_host.events._types"
