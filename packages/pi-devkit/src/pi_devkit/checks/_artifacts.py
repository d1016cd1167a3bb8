"""R06, R07, R09 and R25: the artifacts as files."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from pi_devkit._errors import DevkitError
from pi_devkit.checks._metadata import metadata_of
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.proving import build, tree_wheel, wheel_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.checks._context import Context

__all__ = ["builds", "licence", "reproducible", "wheel_format"]


def builds(context: Context) -> Outcome:
    """R06: both build, and the wheel is the same whether it is built from the sdist or from the tree."""
    evidence = context.artifacts.hashes()
    tree, wheel = _from_tree(context), context.wheel
    names, own = tree.keys(), wheel.keys()
    found = [f"{name} is in the wheel from the tree only; the sdist leaves it out" for name in sorted(names - own)]
    found += [f"{name} is in the wheel from the sdist only" for name in sorted(own - names)]
    # As its RECORD has it: who changes a file of a wheel afterwards is told so by R07.
    recorded = _recorded(context)
    others = [name for name, data in sorted(tree.items()) if recorded.get(name, "") not in {"", _digest(data)}]
    # What comes out differently each time is what R25 tells, and says nothing of where it was built from.
    again = _from_tree(context) if others else {}
    found += [
        f"{name} differs between the wheel from the sdist and the one from the tree; write it without looking around"
        for name in others
        if again.get(name) == tree[name]
    ]
    return judge(found, artifacts=evidence)


def _from_tree(context: Context) -> dict[str, bytes]:
    bench = context.bench
    folder, out = bench.snapshot(context.component), bench.fresh("tree")
    return wheel_files(tree_wheel(folder, out, epoch=bench.epoch, offline=bench.offline))


def wheel_format(context: Context) -> Outcome:
    """R07: one wheel for every Python 3, named as it should be, with a RECORD that is true."""
    return judge([*_names(context), *_record(context)])


def _names(context: Context) -> Iterator[str]:
    file_name = context.artifacts.wheel.name
    try:
        name, version, _, tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename as error:
        yield f"{file_name} is no name of a wheel; build it anew: {error}"
        return
    if {str(tag) for tag in tags} != {"py3-none-any"}:
        yield f"{file_name} is not for every Python 3; an extension is pure Python: py3-none-any"
    normal = str(canonicalize_name(context.component.name)).replace("-", "_")
    if context.artifacts.sdist.name != f"{normal}-{version}.tar.gz":
        yield f"{context.artifacts.sdist.name} should be called {normal}-{version}.tar.gz"
    if name != canonicalize_name(context.component.name) or not file_name.startswith(f"{normal}-{version}-"):
        yield f"{file_name} should be called {normal}-{version}-py3-none-any.whl"
    if context.dist_info != f"{normal}-{version}.dist-info/":
        yield f"its metadata is in {context.dist_info!r}, which should be '{normal}-{version}.dist-info/'"


def _recorded(context: Context) -> dict[str, str]:
    try:
        rows = list(csv.reader(io.StringIO(context.metadata("RECORD"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DevkitError(f"the wheel's RECORD can't be read: {error}; build it anew") from error
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows if row}


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _record(context: Context) -> Iterator[str]:
    recorded = _recorded(context)
    for name in sorted(context.wheel.keys() ^ recorded.keys()):
        yield f"{name} is in the wheel but not in its RECORD, or the other way round; build it anew"
    for name, stated in sorted(recorded.items()):
        if name not in context.wheel or name == f"{context.dist_info}RECORD":
            continue
        if stated != _digest(context.wheel[name]):
            yield f"{name} is not what the wheel's RECORD says: it was changed after it was built; build it anew"


def licence(context: Context) -> Outcome:
    """R09: the licence is in both artifacts, and the metadata says which it is."""
    path = context.workspace.folder(context.component) / "LICENSE"
    if not path.is_file():
        return judge(["there is no LICENSE beside pyproject.toml; write the licence's text into it"])
    wanted = path.read_bytes()
    metadata = metadata_of(context)
    stated = context.source.project.get("license")
    found = []
    if not wanted.strip():
        found.append("LICENSE is empty; write the licence's text")
    if context.wheel.get(f"{context.dist_info}licenses/LICENSE") != wanted:
        found.append("the wheel lacks the text of LICENSE; `license-files` has to name it")
    if context.sdist.get("LICENSE") != wanted:
        found.append("the sdist lacks the text of LICENSE")
    if metadata.license_expression != stated:
        found.append(f"the wheel's METADATA has licence {metadata.license_expression!r}, pyproject.toml {stated!r}")
    found += [
        f"the classifier {name!r} is of the old kind; `project.license` says it"
        for name in metadata.classifiers or []
        if name.startswith("License ::")
    ]
    return judge(found, licence=str(stated))


def reproducible(context: Context) -> Outcome:
    """R25: a second build gives the same bytes."""
    folder = context.bench.again(context.component)
    again = build(folder, context.bench.fresh("again"), epoch=context.bench.epoch, offline=context.bench.offline)
    first, second = context.artifacts.hashes(), again.hashes()
    why = (
        "is not what this commit builds to; it was changed, or built from something else"
        if context.asked.dist
        else "comes out differently each time it is built; nothing in it may depend on when or where that is"
    )
    found = [f"{name} {why}" for name in first.keys() | second.keys() if first.get(name) != second.get(name)]
    return judge(sorted(found), artifacts=second)
