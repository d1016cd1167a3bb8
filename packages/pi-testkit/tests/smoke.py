"""One good and one bad path through the installed test kit; the release check runs it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from pi_testkit import FakePi, Say, ScriptedModel

PLUGIN = """
from pi_host import command


@command
def hello(args) -> str:
    return f"hello {args}"
"""


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Run a command of a plugin."""
    with FakePi(PLUGIN) as pi:
        pi.run_command("hello", "world")
        assert "hello world" in str([notice.message for notice in pi.notices])


def bad() -> None:
    """Ask the scripted model for more than it has."""
    with ScriptedModel([Say("once")]) as model:
        assert "once" in _ask(model)
        assert "500" in _refusal(model)


def _refusal(model: ScriptedModel) -> str:
    try:
        return _ask(model)
    except urllib.error.HTTPError as error:
        return str(error)


def _ask(model: ScriptedModel) -> str:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{model.url}/chat/completions", body, headers)  # noqa: S310  # our own server
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # as above
        return str(answer.read().decode())
