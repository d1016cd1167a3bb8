"""Plugins, registered and checked."""

from __future__ import annotations

import sys
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from core_support import namespace, registry_of

from pi_host import command, flag, hookimpl, tool
from pi_host._config import Config
from pi_host._plugins import Plugin
from pi_host._registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_host._plugins import Source


def implements(*names: str) -> object:
    """A plugin that implements these hooks."""
    return namespace(**{f"on_{name}": hookimpl(specname=name)(lambda: None) for name in names})


def from_file(folder: Path, source: str, name: str = "broken") -> Plugin:
    """Register a plugin from a file, beside one that is well."""
    path = folder / f"{name}.py"
    path.write_text(source)
    plugin = Plugin(name=name, source="file", target=str(path))
    well = Plugin(name="well", source="file", target=str(folder / "well.py"))
    (folder / "well.py").write_text("from pi_host import hookimpl\n@hookimpl\ndef agent_start(): pass\n")
    registry = Registry(Config(), pi_version="1.5.2")
    registry.add([plugin, well])
    assert well.status == "active"
    assert registry.implementers()["agent_start"] >= 1
    return plugin


def test_a_plugin_that_is_well_is_active_and_listed_with_what_it_offers() -> None:
    @tool
    def weather(city: str) -> str:
        return city

    @command
    def hello() -> None: ...

    offered = namespace(
        weather=weather, hello=hello, loud=flag("loud"), on_input=hookimpl(specname="input")(lambda: None)
    )
    registry = registry_of({"a": offered})

    (plugin,) = registry.plugins
    assert (plugin.status, plugin.problem) == ("active", None)
    assert (plugin.hooks, plugin.tools, plugin.commands, plugin.flags) == (["input"], ["weather"], ["hello"], ["loud"])
    assert registry.implementers() == {"input": 1}


def test_hooks_that_nobody_implements_are_not_there() -> None:
    registry = registry_of({"a": implements("input"), "b": implements("input", "context")})

    assert registry.implementers() == {"context": 1, "input": 2}
    assert registry.hook("tool_call") is None
    assert registry.hook("no_such_event") is None


# Imports.


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "import no_such_module_anywhere",
            "import failed: ModuleNotFoundError: No module named 'no_such_module_anywhere'",
        ),
        ("x = 1\n1 / 0", "import failed: ZeroDivisionError: division by zero"),
        ("def f(:", "import failed: SyntaxError"),
        ("raise SystemExit(3)", "import failed: SystemExit: 3"),
        ("import sys; sys.exit()", "import failed: SystemExit"),
        ("class Odd(BaseException): pass\nraise Odd('x')", "import failed: Odd: x"),
        ("def f():\n    f()\nf()", "import failed: RecursionError"),
    ],
)
def test_a_broken_import_is_told_and_touches_nobody_else(source: str, problem: str, tmp_path: Path) -> None:
    plugin = from_file(tmp_path, source)

    assert plugin.status == "broken"
    assert plugin.problem is not None
    assert plugin.problem.startswith(problem)
    assert "pi_host_file_plugins.file.broken" not in sys.modules


def test_the_place_of_a_broken_import_is_told(tmp_path: Path) -> None:
    plugin = from_file(tmp_path, "x = 1\n\n1 / 0")

    assert plugin.problem is not None
    assert plugin.problem.endswith(f"({tmp_path / 'broken.py'}:3)")


def test_a_file_does_not_shadow_a_module_of_the_same_name(tmp_path: Path) -> None:
    plugin = from_file(tmp_path, "import json\nassert json.dumps(1) == '1'", name="json")

    assert (plugin.status, plugin.problem) == ("active", None)
    assert sys.modules["json"].__file__ != plugin.target


def test_a_missing_file_is_a_broken_import(tmp_path: Path) -> None:
    registry = Registry(Config())
    registry.add([plugin := Plugin(name="gone", source="file", target=str(tmp_path / "gone.py"))])

    assert plugin.status == "broken"
    assert plugin.problem is not None
    assert "FileNotFoundError" in plugin.problem


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("no_such_module_anywhere", "ModuleNotFoundError"),
        ("json:no_such_thing", "AttributeError: module 'json' has no attribute 'no_such_thing'"),
        ("json:JSONDecoder", "'json:JSONDecoder' is a class; name a module or an instance of it"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told(target: str, problem: str) -> None:
    registry = Registry(Config())
    registry.add([plugin := Plugin(name="x", source="entry-point", target=target)])

    assert plugin.status == "broken"
    assert plugin.problem is not None
    assert problem in plugin.problem


def test_disabled_plugins_are_not_loaded() -> None:
    def never(plugin: Plugin) -> Any:
        pytest.fail(f"{plugin.name} was loaded")

    registry = Registry(Config())
    registry.add([Plugin(name="off", source="entry-point", target="json", status="disabled")], never)

    assert registry.plugins[0].status == "disabled"
    assert registry.implementers() == {}


# objects


class Instance:
    """A plugin that is an object."""

    greeting: ClassVar[str] = "hello"

    @hookimpl
    def input(self, event: object) -> None:
        """Do nothing."""

    @tool
    def greet(self, name: str) -> str:
        """Greet somebody."""
        return f"{self.greeting} {name}"

    @command
    def hi(self, args: str) -> str:
        """Greet whom the user names."""
        return f"{self.greeting} {args}"


def test_an_instance_is_a_plugin_with_its_methods() -> None:
    registry = registry_of({"a": Instance()})
    ctx: Any = None

    assert registry.plugins[0].status == "active"
    assert registry.implementers() == {"input": 1}
    assert registry.tools["greet"][1].call({"name": "you"}, ctx) == "hello you"
    assert registry.tools["greet"][1].declaration()["parameters"]["required"] == ["name"]
    assert registry.commands["hi"][1].call("there", ctx) == "hello there"


def test_two_instances_of_one_class_keep_apart() -> None:
    class Named(Instance):
        def __init__(self, name: str) -> None:
            self.name = name

        @tool
        def who(self) -> str:
            return self.name

    first, second = registry_of({"a": Named("a")}), registry_of({"b": Named("b")})
    ctx: Any = None

    assert first.tools["who"][1].call({}, ctx) == "a"
    assert second.tools["who"][1].call({}, ctx) == "b"


# hooks


def test_an_unknown_hook_is_told_with_the_nearest_name_and_the_others_still_run() -> None:
    registry = registry_of(
        {
            "a": namespace(tool_cal=hookimpl(lambda: None), agent_start=hookimpl(specname="agent_start")(lambda: None)),
            "b": implements("on_nothing_like_it"),
        }
    )
    a, b = registry.plugins

    assert (a.status, a.problem) == ("active", "there is no hook 'tool_cal'; did you mean 'tool_call'?")
    assert (b.status, b.problem) == ("active", "there is no hook 'on_nothing_like_it'; `pi-host events` lists them")
    assert registry.implementers() == {"agent_start": 1}


def test_an_unknown_hook_that_is_marked_optional_is_no_problem() -> None:
    registry = registry_of({"a": namespace(later=hookimpl(specname="of_a_later_pi", optionalhook=True)(lambda: None))})

    assert (registry.plugins[0].status, registry.plugins[0].problem) == ("active", None)


def old_wrapper() -> Any:
    yield


def keyword_only(*, event: object) -> None: ...


def any_keywords(event: object, **others: object) -> None: ...


def any_arguments(*arguments: object) -> None: ...


def unknown_argument(event: object, context: object) -> None: ...


async def async_wrapper() -> Any:
    yield


def no_generator() -> None: ...


@pytest.mark.parametrize(
    ("function", "options", "problem"),
    [
        (old_wrapper, {"hookwrapper": True}, "input: use hookimpl(wrapper=True); hookwrapper=True is not supported"),
        (keyword_only, {}, "is never filled; take event and ctx"),
        (any_keywords, {}, "is never filled; take event and ctx"),
        (any_arguments, {}, "is never filled; take event and ctx"),
        (unknown_argument, {}, "context"),
        (async_wrapper, {"wrapper": True}, "wrapper=True"),
        (no_generator, {"wrapper": True}, "wrapper=True"),
    ],
)
def test_an_implementation_that_could_not_be_called_breaks_its_plugin(
    function: Any, options: dict[str, Any], problem: str
) -> None:
    marked = hookimpl(specname="input", **options)(function)
    registry = registry_of({"bad": namespace(it=marked), "well": implements("input")})
    bad, well = registry.plugins

    assert bad.status == "broken"
    assert bad.problem is not None
    assert problem in bad.problem
    assert well.status == "active"
    hook = registry.hook("input")
    assert hook is not None
    assert [implementation.plugin for implementation in hook.implementations] == ["well"]


# what plugins offer


def tool_plugin(answer: str) -> object:
    def shared(x: str) -> str:
        return answer + x

    return namespace(shared=tool(shared))


def test_of_two_tools_of_one_name_the_earlier_plugins_is_offered_and_the_other_is_told() -> None:
    registry = registry_of({"first": tool_plugin("1"), "second": tool_plugin("2")})

    assert registry.tools["shared"][0] == "first"
    assert registry.plugins[0].problem is None
    assert registry.plugins[1].status == "active"
    assert registry.plugins[1].problem is not None
    assert registry.plugins[1].problem.startswith("its tool 'shared' is not offered: plugin 'first' runs earlier")


def test_commands_and_flags_are_claimed_like_tools() -> None:
    def plugin() -> object:
        def hi() -> None: ...

        return namespace(hi=command(hi), loud=flag("loud"))

    registry = registry_of({"first": plugin(), "second": plugin()})

    assert registry.commands["hi"][0] == registry.flags["loud"][0] == "first"
    assert registry.plugins[1].problem is not None


def untyped(x) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001  # a plugin's mistake
    return str(x)


def indescribable(x: Instance) -> str:
    return str(x)


def positional(x: str, /) -> str:
    return x


def undefined(x: "Nowhere") -> str:  # type: ignore[name-defined]  # noqa: F821, UP037  # a plugin's mistake
    return str(x)


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (untyped, "tool 'untyped': parameter 'x' has no type"),
        (indescribable, "tool 'indescribable': a parameter can't be described to the model"),
        (positional, "can't be filled by name"),
        (undefined, "'Nowhere' is not defined"),
    ],
)
def test_a_tool_that_cannot_be_offered_breaks_its_plugin_and_nothing_of_it_remains(function: Any, problem: str) -> None:
    def after() -> str:
        return ""

    bad = namespace(
        a_tool=tool(name="a")(lambda: ""), b_command=command(name="b")(lambda: None), x=tool(function), z=tool(after)
    )
    registry = registry_of({"bad": bad, "well": tool_plugin("")})

    assert registry.plugins[0].status == "broken"
    assert registry.plugins[0].problem is not None
    assert problem in registry.plugins[0].problem
    assert list(registry.tools) == ["shared"]
    assert list(registry.commands) == []
    assert registry.plugins[1].status == "active"


# versions of pi


@pytest.mark.parametrize(
    ("required", "running", "admitted"),
    [
        ("1.5.2", "1.5.2", True),
        ("1.5", "1.5.2", True),
        ("0.87.1", "1.5.2", True),
        ("1.10.0", "1.9.9", False),
        ("1.5.3", "1.5.2", False),
        ("2", "1.5.2", False),
        ("1.0.1", "0.74.2", False),
        ("1.5.2", "1.5.2-beta.1", True),
        ("1.5.2", "1.6.0-beta.1", True),
    ],
)
def test_a_plugin_that_needs_a_newer_pi_is_refused(required: str, running: str, admitted: bool) -> None:  # noqa: FBT001  # a table
    plugin = namespace(REQUIRES_PI=required, it=hookimpl(specname="input")(lambda: None))
    registry = registry_of({"a": plugin, "b": implements("input")}, pi_version=running)

    assert registry.plugins[0].status == ("active" if admitted else "refused")
    assert registry.implementers() == {"input": 2 if admitted else 1}
    if not admitted:
        assert registry.plugins[0].problem == (
            f"needs pi {required} or newer, this is pi {running}; update pi or disable it"
        )


# options


@pytest.mark.parametrize("required", ["enabled", ("rule", "enabled")])
@pytest.mark.parametrize(
    ("options", "source", "status"),
    [
        ({}, "entry-point", "disabled"),
        ({"a": {"enabled": False}}, "entry-point", "disabled"),
        ({"b": {"enabled": True}}, "entry-point", "disabled"),
        ({"a": {"enabled": True}}, "entry-point", "active"),
        ({}, "explicit", "active"),
    ],
)
def test_a_plugin_that_requires_an_option_has_no_hooks_without_it(
    options: dict[str, dict[str, object]], source: Source, status: str, required: str | tuple[str, ...]
) -> None:
    plugin = namespace(REQUIRES_OPTION=required, it=hookimpl(specname="input")(lambda: None))
    registry = Registry(Config(plugins=options))

    registry.add([Plugin(name="a", source=source, target="a")], lambda _: plugin)

    assert (registry.plugins[0].status, registry.plugins[0].problem) == (status, None)
    assert registry.implementers() == ({"input": 1} if status == "active" else {})


# order and deadlines


def test_implementations_carry_their_plugins_name_arguments_and_deadline() -> None:
    def with_event(event: object) -> None: ...

    async def with_both(ctx: object, event: object) -> None: ...

    plugins = {
        "a": namespace(it=hookimpl(specname="input")(with_event)),
        "b": namespace(it=hookimpl(specname="input")(with_both)),
    }
    hook = registry_of(plugins, Config(deadline=9, plugins={"b": {"deadline": 2}})).hook("input")

    assert hook is not None
    assert [(one.plugin, one.arguments, one.deadline) for one in hook.implementations] == [
        ("a", ("event",), 9),
        ("b", ("ctx", "event"), 2),
    ]
    assert hook.may_suspend


# what can't be told to pi


def surrogate_in_docstring() -> None: ...
def surrogate_in_default(x: str = "\ud83d") -> None: ...


surrogate_in_docstring.__doc__ = "x\ud83d"


@pytest.mark.parametrize(
    ("offered", "what"),
    [
        (flag("x", default=object()), "flag 'x'"),  # type: ignore[arg-type]  # a plugin's mistake
        (command(name="x", description=object())(lambda: None), "command 'x'"),  # type: ignore[call-overload]  # as above
        (tool(surrogate_in_docstring), "tool 'surrogate_in_docstring'"),
        (tool(surrogate_in_default), "tool 'surrogate_in_default'"),
    ],
)
def test_what_cannot_be_told_to_pi_breaks_its_plugin_alone(offered: object, what: str) -> None:
    registry = registry_of({"bad": namespace(x=offered), "well": implements("input")})
    bad, well = registry.plugins

    assert bad.problem is not None
    assert bad.problem.startswith(f"its {what} can't be told to pi: ")
    assert (bad.status, well.status) == ("broken", "active")


def test_a_problem_is_text_that_can_be_written(tmp_path: Path) -> None:
    plugin = from_file(tmp_path, r"raise ValueError('x\ud83d')")

    assert plugin.problem is not None
    assert "ValueError: x\\ud83d" in plugin.problem


def twice(kind: str) -> object:
    offers: dict[str, Callable[[], object]] = {
        "tool": lambda: tool(name="x")(lambda: ""),
        "command": lambda: command(name="x")(lambda: None),
        "flag": lambda: flag("x", description=str(next(DESCRIPTIONS))),
    }
    return namespace(a=offers[kind](), b=offers[kind]())


DESCRIPTIONS = count()


@pytest.mark.parametrize("kind", ["tool", "command", "flag"])
def test_two_of_one_name_in_one_plugin_are_told(kind: str) -> None:
    (plugin,) = registry_of({"a": twice(kind)}).plugins

    assert plugin.status == "active"
    assert plugin.problem == f"it has two {kind}s 'x', and only one of them is offered; rename the other"
    assert plugin.tools + plugin.commands + plugin.flags == ["x"]


def test_one_tool_under_two_names_of_the_module_is_no_problem() -> None:
    offered = tool(name="x")(lambda: "")

    assert registry_of({"a": namespace(a=offered, b=offered)}).plugins[0].problem is None


@pytest.mark.parametrize("required", [">=9.0", "v9", "", "1.", "1.5.2-beta"])
def test_a_required_version_that_is_none_breaks_the_plugin(required: str) -> None:
    registry = registry_of({"a": namespace(REQUIRES_PI=required, it=hookimpl(specname="input")(lambda: None))})

    assert registry.plugins[0].status == "broken"
    assert registry.plugins[0].problem == f"REQUIRES_PI is {required!r}; write the oldest version, like '1.5.2'"
