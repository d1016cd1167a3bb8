"""R19 to R21: what importing it does besides, whether it works, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pi_devkit.checks._history import at_tag, last_release
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.checks._smoking import run_smoke
from pi_devkit.proving import build

if TYPE_CHECKING:
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
    # What it puts there of the checkout fails R14.
    entries = [entry for entry in seen["path"] if not Path(entry).is_relative_to(context.workspace.root)]
    found += [f"importing it changes sys.path: {entry!r}" for entry in entries]
    if took > budget:
        found.append(f"importing it takes {took:g} ms, more than `import-ms` = {budget:g}; import later what is heavy")
    return judge(found, import_ms=took)


def smoke(context: Context) -> Outcome:
    """R20: its smoke function runs against what is installed."""
    return judge(context.smoked.problems)


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
    tag = last_release(context, context.component)
    if not tag:
        venv.install(context.artifacts.wheel)
        return judge(found, "first release: there is none to install it over")
    problems, notes = _upgrade(context, venv, tag)
    return judge([*found, *problems], *notes)


def _upgrade(context: Context, venv: Venv, tag: str) -> tuple[list[str], list[str]]:
    """Install it over a release, and run its smoke function where that one's has left its files."""
    component, home = context.component, context.bench.fresh("home")
    folder = at_tag(context, tag, component)
    old = build(folder, context.bench.fresh("old"), epoch=context.bench.epoch, offline=context.bench.offline)
    venv.install(old.wheel)
    before = run_smoke(component, folder, venv, home)
    venv.install(context.artifacts.wheel)
    ours = f"{component.import_name}/"
    known = {name for name in context.wheel if name.startswith(ours)}
    left = sorted(file for file in venv.files() if file.startswith(ours) and file not in known)
    found = [f"{name} of {tag} is left when this is installed over it" for name in left]
    found += run_smoke(component, context.workspace.folder(component), venv, home).problems
    notes = [f"its own smoke function does not work any more: {line}" for line in before.problems[:1]]
    return found, [f"installed over {tag}", *notes]
