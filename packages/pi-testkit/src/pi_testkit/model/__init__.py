"""A model that says what a test told it to say, over HTTP, as pi speaks with real ones."""

from pi_testkit.model._config import ModelSpec
from pi_testkit.model._requests import Request
from pi_testkit.model._scripted import ScriptedModel
from pi_testkit.model._turns import Call, Calls, Cut, Fail, Say, Turn, Usage

__all__ = ["Call", "Calls", "Cut", "Fail", "ModelSpec", "Request", "Say", "ScriptedModel", "Turn", "Usage"]
