"""R19 to R21: what importing it does besides, whether it works, and what it leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_devkit.checks._history import at_tag
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.proving import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context
    from pi_devkit.proving import Venv

__all__ = ["modules_of", "removal", "side_effects", "smoke"]


def modules_of(context: Context) -> list[str]:
    """The modules that others import: what is public, and what entry points name."""
    points = context.clean.probe("points", {"distribution": context.component.name})["points"]
    named = [point["value"].partition(":")[0] for point in points]
    return list(dict.fromkeys([context.component.import_name, *context.component.public, *named]))


def side_effects(context: Context) -> Outcome:
    """R19: importing it touches nothing, and is quick."""
    request = {"package": context.component.import_name, "modules": modules_of(context)}
    seen = context.clean.probe("effects", request)
    budget, took = context.component.import_ms, seen["ms"]
    found = [f"importing it {effect}" for effect in seen["effects"]]
    if took > budget:
        found.append(f"importing it takes {took:g} ms, more than `import-ms` = {budget:g}; import later what is heavy")
    return judge(found, import_ms=took)


def smoke(context: Context) -> Outcome:
    """R20: its smoke function runs against what is installed."""
    if not context.component.smoke:
        return judge(["components.toml names no `smoke` for it; write one as 'tests/smoke.py:smoke'"])
    return judge(_smoke(context, context.kit))


def _smoke(context: Context, venv: Venv) -> Iterator[str]:
    path, _, function = context.component.smoke.partition(":")
    source = context.workspace.folder(context.component) / path
    if not source.is_file():
        yield f"its smoke file {path!r} is not there; see `smoke` in components.toml"
        return
    # Copied, so that nothing beside it can be imported by accident.
    folder = context.bench.fresh("smoke")
    folder.mkdir()
    copy = folder / source.name
    copy.write_bytes(source.read_bytes())
    env = {"HOME": str(folder), "PI_CODING_AGENT_DIR": str(folder / "agent")}
    seen = venv.probe("smoke", {"path": str(copy), "function": function or "smoke"}, env=env)
    if seen["problem"]:
        yield f"{context.component.smoke} failed: {seen['problem']}"
        yield from seen["traceback"].strip().splitlines()[-4:-1]


def removal(context: Context) -> Outcome:
    """R21: taking it out leaves nothing behind, and it installs over the release before."""
    venv, name = context.kit, context.component.name
    before = {path.name for path in (venv.folder / "bin").iterdir()}
    done = venv.pip("uninstall", name)
    found = [] if done.ok else [f"it can't be uninstalled: {done.tail(2)}"]
    ours = (f"{context.component.import_name}/", context.dist_info)
    found += [f"{file} is left when it is uninstalled" for file in sorted(venv.files()) if file.startswith(ours)]
    scripts = {path.name for path in (venv.folder / "bin").iterdir()} & set(context.component.promised("scripts"))
    found += [f"bin/{script} is left when it is uninstalled" for script in sorted(scripts & before)]
    tags = [tag for tag in context.workspace.tags(context.component) if tag != context.asked.tag]
    if not tags:
        venv.install(context.artifacts.wheel)
        return judge(found, "first release: there is none to install it over")
    return judge([*found, *_upgrade(context, venv, tags[0])], f"installed over {tags[0]}")


def _upgrade(context: Context, venv: Venv, tag: str) -> Iterator[str]:
    folder = at_tag(context, tag, context.component)
    old = build(folder, context.bench.fresh("old"), epoch=context.bench.epoch, offline=context.bench.offline)
    venv.install(old.wheel)
    venv.install(context.artifacts.wheel)
    ours = (f"{context.component.import_name}/", ".dist-info/")
    known = {name for name in context.wheel if name.startswith(ours[0])}
    for name in sorted(file for file in venv.files() if file.startswith(ours[0]) and file not in known):
        yield f"{name} of {tag} is left when this is installed over it"
    yield from _smoke(context, venv)
