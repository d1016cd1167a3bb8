import inspect
import re

import pluggy
import pytest

from pi_host import hookspecs
from pi_host._catalog import CATALOG

HOOKS = {name: getattr(group, name) for group in hookspecs.ALL for name in vars(group) if not name.startswith("_")}


def example(name: str) -> str:
    found = re.search(r"```python\n(.*?)```", inspect.getdoc(HOOKS[name]) or "", re.DOTALL)
    assert found, f"{name} has no example"
    return inspect.cleandoc(found.group(1))


def test_every_event_has_a_hook_and_every_hook_an_event() -> None:
    assert set(HOOKS) == set(CATALOG)


def test_hooks_of_a_class_are_the_events_of_its_group() -> None:
    for group in hookspecs.ALL:
        names = [name for name in vars(group) if not name.startswith("_")]
        assert {CATALOG[name].group for name in names} == {group.__name__.removesuffix("Hooks").lower()}


@pytest.mark.parametrize("name", CATALOG)
def test_hook_takes_event_and_ctx(name: str) -> None:
    assert list(inspect.signature(HOOKS[name]).parameters) == ["self", "event", "ctx"]


@pytest.mark.parametrize("name", CATALOG)
def test_docstring_tells_what_a_plugin_author_has_to_know(name: str) -> None:
    text = " ".join((inspect.getdoc(HOOKS[name]) or "").split())

    assert "When: " in text
    assert "Answers: " in text
    assert ("Fails closed" if CATALOG[name].closed else "Fails open") in text
    assert f"Since pi {CATALOG[name].since}." in text


@pytest.mark.parametrize("name", CATALOG)
def test_example_is_a_plugin_that_implements_the_hook(name: str) -> None:
    plugin: dict[str, object] = {"__file__": __file__}
    exec(compile(example(name), name, "exec"), plugin)  # noqa: S102 -- our own example
    manager = pluggy.PluginManager("pi_host")
    for group in hookspecs.ALL:
        manager.add_hookspecs(group)

    manager.register(type("Plugin", (), {key: _static(value) for key, value in plugin.items()}))
    manager.check_pending()

    assert len(getattr(manager.hook, name).get_hookimpls()) == 1


def _static(value: object) -> object:
    return staticmethod(value) if inspect.isfunction(value) else value
