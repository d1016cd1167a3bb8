"""R13 to R16: what holds once it is installed, away from the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_devkit._errors import DevkitError
from pi_devkit.canary import furnish
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.components import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context

__all__ = ["PLUGINS", "clean", "entry_points", "registration", "same_files"]

#: The group of entry points that pi-host loads.
PLUGINS: Final = "pi_host.plugins"

#: What people call some groups of entry points in ``components.toml``.
_GROUPS: Final = {"plugins": PLUGINS, "scripts": "console_scripts"}
#: Promises that are no entry points.
_INSIDE_PI: Final = ("tools", "commands")
#: Groups whose entry points have to be functions.
_CALLED: Final = ("console_scripts", "gui_scripts", "pi_host.demo_acts")

_INSTALLER: Final = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD", "uv_cache.json")


def clean(context: Context) -> Outcome:
    """R13: it installs into a new environment, by path, and everything there fits together."""
    done = context.clean.pip("check")
    found = [] if done.ok else [f"what was installed does not fit together: {done.tail(3)}"]
    direct = {canonical(name): text for name, text in context.clean.probe("names", {})["direct"].items()}
    for path in context.wheels():
        if isinstance(path, Path):
            name = canonical(path.name.partition("-")[0])
            url = json.loads(direct.get(name) or "{}").get("url", "nowhere")
            if url != path.as_uri():
                found.append(f"{name} was installed from {url}, not from {path}; another one has its name")
    return judge(found, python=str(context.clean.python), installed=sorted(direct))


def same_files(context: Context) -> Outcome:
    """R14: what is installed is what is in the wheel, and nothing of it comes from the checkout."""
    site = context.clean.site
    found = []
    for name, data in context.wheel.items():
        path = site / name
        if name == f"{context.dist_info}RECORD":
            continue
        if not path.is_file() or path.read_bytes() != data:
            found.append(f"{name} is not installed as it is in the wheel")
    ours = (f"{context.component.import_name}/", context.dist_info)
    known = set(context.wheel) | {context.dist_info + name for name in _INSTALLER}
    found += [
        f"{name} is installed, but not in the wheel" for name in context.clean.files() - known if name.startswith(ours)
    ]
    return judge([*sorted(found), *_origins(context)])


def _origins(context: Context) -> Iterator[str]:
    seen = context.clean.probe("origins", {"package": context.component.import_name})
    root = str(context.workspace.root)
    for entry in seen["path"]:
        if entry == root or entry.startswith(f"{root}/"):
            yield f"importing it puts {entry!r} on sys.path, a folder of the checkout"
    for name, file in seen["modules"].items():
        if file and not Path(file).resolve().is_relative_to(context.clean.site.resolve()):
            yield f"the module {name} comes from {file!r}, not from what is installed"


def entry_points(context: Context) -> Outcome:
    """R15: the entry points are those that are promised, and each can be loaded by itself."""
    component = context.component
    points = context.clean.probe("points", {"distribution": component.name})["points"]
    registered: dict[str, set[str]] = {}
    for point in points:
        registered.setdefault(point["group"], set()).add(point["name"])
    promised = {_GROUPS.get(kind, kind): set(names) for kind, names in component.promises.items() if names}
    found = []
    for group in sorted((registered.keys() | promised.keys()) - set(_INSIDE_PI)):
        wanted, there = promised.get(group, set()), registered.get(group, set())
        found += [f"components.toml promises {group}: {name}, which the wheel lacks" for name in sorted(wanted - there)]
        found += [f"the wheel has {group}: {name}, which is not promised" for name in sorted(there - wanted)]
    return judge([*found, *(line for point in points for line in _point(point))], entry_points=len(points))


def _point(point: dict[str, Any]) -> Iterator[str]:
    label = f"{point['group']}: {point['name']} ({point['value']})"
    if point["problem"]:
        yield f"{label} can't be loaded: {point['problem']}"
    elif point["group"] in _CALLED and not point["callable"]:
        yield f"{label} is a {point['kind']}; it has to be a function"
    elif point["group"] == PLUGINS and point["kind"] == "type":
        yield f"{label} is a class; name a module, or an instance of it"


def registration(context: Context) -> Outcome:
    """R16: the real host takes its plugins, and they bring what is promised."""
    component = context.component
    if not component.promised("plugins") and component.kind != "host":
        # There are none that could offer what is promised.
        return judge(_offers(context, []), "it brings no plugin, and promises none")
    found = context.clean.probe("hooks", {"distribution": component.name})["problems"]
    plugins = _as_the_host_sees_them(context)
    for plugin in plugins:
        if plugin["status"] != "active" or plugin["problem"]:
            reason = plugin["problem"] or "an option of `options` in components.toml may turn it on"
            found.append(f"{plugin['name']}: the host has it as {plugin['status']}: {reason}")
    if component.kind != "host":
        found += _offers(context, plugins)
    return judge(dict.fromkeys(found), plugins=[plugin["name"] for plugin in plugins])


def _as_the_host_sees_them(context: Context) -> list[dict[str, Any]]:
    home = context.bench.fresh("home")
    agent_dir = home / "agent"
    agent_dir.mkdir(parents=True)
    furnish(context.component, agent_dir)
    env = {"HOME": str(home), "PI_CODING_AGENT_DIR": str(agent_dir)}
    done = context.clean.run("-c", "from pi_host.cli import main; main()", "plugins", "--json", env=env)
    try:
        plugins: list[dict[str, Any]] = json.loads(done.out)["plugins"]
    except (json.JSONDecodeError, KeyError) as error:
        raise DevkitError(f"`pi-host plugins` does not work with it:\n{done.tail()}") from error
    return [one for one in plugins if context.component.kind == "host" or one["distribution"] == context.component.name]


def _offers(context: Context, plugins: list[dict[str, Any]]) -> Iterator[str]:
    for kind in _INSIDE_PI:
        offered = {name for plugin in plugins for name in plugin[kind]}
        promised = set(context.component.promised(kind))
        for name in sorted(promised - offered):
            yield f"components.toml promises the {kind[:-1]} {name!r}, which no plugin of it offers"
        for name in sorted(offered - promised):
            yield f"it offers the {kind[:-1]} {name!r}, which components.toml does not promise"
