#!/usr/bin/env python3
"""Writes pi_host's typed events from the declarations that pi ships, or checks that they are up to date.

usage: sync.py [--check]
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_codegen.extract import check_since, extract
from pi_codegen.fetch import load_lock
from pi_codegen.model import build
from pi_codegen.notes import load_notes
from pi_codegen.pytypes import render_stub, render_types
from pi_codegen.render_docs import render_page
from pi_codegen.render_events import render_door, render_group
from pi_codegen.render_hooks import render_catalog, render_group_hooks, render_hooks_door
from pi_codegen.render_schemas import render_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_codegen.model import Model

_HERE: Final = Path(__file__).resolve().parent
_SOURCE: Final = _HERE.parent / "src" / "pi_host"
_PAGE: Final = _HERE.parents[2] / "docs" / "reference" / "events.md"
#: Folders that hold generated files only: what is not rendered any more goes.
_OWNED: Final = tuple(_SOURCE / name for name in ("events", "hookspecs", "schemas"))
_LINES_SHOWN: Final = 20


def main() -> int:
    """Generate or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not up to date")
    check_only = parser.parse_args().check
    texts = dict(_render(_model()))
    stale = [path for path, text in texts.items() if _read(path) != text]
    surplus = [path for path in _generated() if path not in texts]
    if check_only:
        for path in stale:
            print("\n".join(_summary(path, texts[path])))  # noqa: T201 -- the command's output
        for path in surplus:
            print(f"{path}: is not generated any more")  # noqa: T201 -- the command's output
        return 1 if stale or surplus else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    for path in surplus:
        path.unlink()
    return 0


def _model() -> Model:
    lock = load_lock(_HERE / "packages.toml")
    current, *older = lock.pis
    model = build(extract(lock, current), load_notes(_HERE / "notes.toml"))
    for pi in older:
        check_since(model, pi, extract(lock, pi))
    return model


def _render(model: Model) -> Iterator[tuple[Path, str]]:
    python = {
        "_catalog.py": render_catalog(model),
        "events/__init__.py": render_door(model),
        "events/_types.py": render_types(model),
        "events/_types.pyi": render_stub(model),
        "hookspecs/__init__.py": render_hooks_door(model),
    }
    for group in model.notes.groups:
        python[f"events/_{group}.py"] = render_group(model, group)
        python[f"hookspecs/_{group}.py"] = render_group_hooks(model, group)
    for name, text in python.items():
        yield _SOURCE / name, _formatted(_SOURCE / name, text)
    for event in model.events:
        yield _SOURCE / "schemas" / f"{event.name}.json", render_schema(model, event)
    yield _PAGE, render_page(model)


def _formatted(path: Path, text: str) -> str:
    for arguments in (["check", "--fix-only", "--quiet"], ["format"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(path), "-"]
        text = subprocess.run(  # noqa: S603 -- ruff of this environment
            command, input=text, check=True, capture_output=True, text=True, timeout=60
        ).stdout
    return text


def _generated() -> Iterator[Path]:
    for folder in _OWNED:
        yield from (path for path in folder.glob("*") if path.suffix in {".py", ".pyi", ".json"})


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _summary(path: Path, text: str) -> list[str]:
    old = (_read(path) or "").splitlines()
    lines = list(difflib.unified_diff(old, text.splitlines(), str(path), "as generated now", lineterm="", n=0))
    more = [f"... {len(lines) - _LINES_SHOWN} more lines"] if len(lines) > _LINES_SHOWN else []
    return [*lines[:_LINES_SHOWN], *more]


if __name__ == "__main__":
    sys.exit(main())
