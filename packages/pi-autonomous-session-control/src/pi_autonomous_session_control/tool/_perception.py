"""What really happened: files, commands, errors, loops, progress."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_autonomous_session_control.loops import STALLED
from pi_autonomous_session_control.mirror import command_key
from pi_autonomous_session_control.tool._records import Answer

if TYPE_CHECKING:
    from pi_autonomous_session_control.mirror import FileState, State
    from pi_autonomous_session_control.tool._records import Question, View

__all__ = [
    "am_i_looping",
    "commands_run",
    "errors_encountered",
    "files_touched",
    "progress_status",
    "session_summary",
    "success_rate",
    "time_since_change",
]

_SHOWN_FILES: Final = 10
_SHOWN_COMMANDS: Final = 5
_SHOWN_ERRORS: Final = 3
_MS: Final = 1000


def files_touched(asked: Question) -> Answer:
    """Tell which files changed, and who changed them."""
    view: View = asked.view
    files = list(view.state.files.values())
    others = [file for key, file in view.elsewhere.files.items() if key not in view.state.files]
    data = {
        "files": [_file(file) for file in files],
        "total": len(files),
        "elsewhere": [_file(file) for file in others],
    }
    left = (
        f"{_counted(len(others), 'file')} changed on another branch of this session: {_paths(others)}."
        if others
        else ""
    )
    if not files:
        return Answer(text=f"No files have been touched yet. {left}".strip(), data=data)
    lines = [f"{_counted(len(files), 'file')} touched: {_paths(files)}."]
    for who, told in (
        ("bash", "by shell commands"),
        ("user", "by the user or another program"),
        ("child", "by child runs"),
    ):
        if theirs := [file for file in files if who in file.by]:
            lines.append(f"Changed {told}: {_paths(theirs)}.")
    return Answer(text="\n".join([*lines, *([left] if left else [])]), data=data)


def commands_run(asked: Question) -> Answer:
    """Tell which commands ran, and how they ended."""
    commands = asked.view.state.commands
    rate = _rate(asked.view.state)
    groups: dict[str, list[bool]] = {}
    for run in commands:
        groups.setdefault(command_key(run.command), []).append(not run.failed)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
    listed = [{"command": key, "count": len(runs), "successRate": sum(runs) / len(runs)} for key, runs in ranked]
    data: dict[str, Any] = {"commands": listed, "total": len(commands), "successRate": rate}
    if not commands:
        return Answer(text="No commands have been run yet.", data=data)
    top = ", ".join(f"`{item['command']}` ({item['count']}x)" for item in listed[:_SHOWN_COMMANDS])
    text = f"{_counted(len(commands), 'command')} run, {round(100 * rate)}% successful. Most frequent: {top}."
    if tests := asked.view.state.tests:
        last = tests[-1]
        text += f"\nLast tests ({last.runner}): {last.passed} passed, {last.failed} failed"
        text += f": {', '.join(last.failing[:_SHOWN_ERRORS])}." if last.failing else "."
        data["tests"] = msgspec.to_builtins(last)
    return Answer(text=text, data=data)


def errors_encountered(asked: Question) -> Answer:
    """Tell which errors came up, those with one signature together."""
    kinds = list(asked.view.state.errors.values())
    listed = [
        {"tool": kind.tool, "signature": kind.signature, "count": kind.count, "lastMessage": kind.last_message}
        for kind in kinds
    ]
    total = sum(kind.count for kind in kinds)
    data = {"errors": listed, "total": total}
    if not kinds:
        return Answer(text="No errors have been encountered.", data=data)
    shown = "; ".join(f"{kind.tool}: {kind.signature} ({kind.count}x)" for kind in kinds[-_SHOWN_ERRORS:])
    return Answer(
        text=f"{_counted(total, 'error')} with {_counted(len(kinds), 'signature')}. Latest: {shown}.", data=data
    )


def am_i_looping(asked: Question) -> Answer:
    """Tell what repeats without getting anywhere, and a way out."""
    loops = asked.view.loops
    data = {"isLooping": bool(loops), "patterns": [msgspec.to_builtins(pattern) for pattern in asked.view.patterns]}
    if not loops:
        return Answer(text="No loops: nothing repeats with the same outcome.", data=data)
    named = ", ".join(f"{pattern.type}({pattern.key}): {pattern.count}x" for pattern in loops)
    lines = [f"Yes, you seem to go in circles. {named}."]
    lines += [f"- {pattern.explanation}. {pattern.suggestion}" for pattern in loops]
    return Answer(text="\n".join(lines), data=data)


def progress_status(asked: Question) -> Answer:
    """Tell whether files change."""
    state: State = asked.view.state
    since, stalled = state.turns_since_change, _is_stalled(state)
    if not state.files:
        summary = "No progress yet: no file has changed."
    elif stalled:
        summary = f"Stalled: {_counted(since, 'turn')} since the last file change."
    else:
        summary = f"Progressing: {_counted(len(state.files), 'file')}, {_counted(state.operations, 'operation')}."
    if len(state.tests) > 1:
        first, last = state.tests[0], state.tests[-1]
        summary += f" Failing tests: {first.failed} at first, {last.failed} now."
    data = {
        "hasProgress": bool(state.files),
        "filesTouched": len(state.files),
        "operations": state.operations,
        "turnsSinceChange": since,
        "isStalled": stalled,
        "summary": summary,
    }
    return Answer(text=summary, data=data)


def success_rate(asked: Question) -> Answer:
    """Tell how many commands succeeded."""
    rate = _rate(asked.view.state)
    total = len(asked.view.state.commands)
    text = (
        f"{round(100 * rate)}% of {_counted(total, 'command')} succeeded."
        if total
        else "No commands have been run yet."
    )
    return Answer(text=text, data={"successRate": rate})


def time_since_change(asked: Question) -> Answer:
    """Tell how long ago a file changed."""
    state: State = asked.view.state
    since = state.last_change_at or state.started_at or asked.view.now
    ms = max(asked.view.now - since, 0)
    what = "the last file change" if state.last_change_at else "the session began; no file has changed"
    text = f"{_counted(state.turns_since_change, 'turn')} and {ms // _MS} s since {what}."
    return Answer(text=text, data={"turnsSince": state.turns_since_change, "timeSinceMs": ms})


def session_summary(asked: Question) -> Answer:
    """Tell all of it in a line."""
    state, loops = asked.view.state, asked.view.loops
    errors = sum(kind.count for kind in state.errors.values())
    stalled = _is_stalled(state)
    parts = [
        f"Session: {_counted(state.turns, 'turn')}",
        _counted(len(state.files), "file"),
        _counted(state.operations, "operation"),
        _counted(errors, "error"),
    ]
    if state.tests:
        parts.append(f"tests: {state.tests[-1].passed} passed, {state.tests[-1].failed} failed")
    if loops:
        parts.append(f"WARNING: looping ({', '.join(Counter(pattern.type for pattern in loops))})")
    if stalled:
        parts.append(f"WARNING: stalled for {state.turns_since_change} turns")
    data = {
        "turns": state.turns,
        "files": len(state.files),
        "operations": state.operations,
        "errors": errors,
        "isLooping": bool(loops),
        "isStalled": stalled,
        "loopPatterns": [msgspec.to_builtins(pattern) for pattern in loops],
        "tokens": state.tokens,
        "cost": state.cost,
    }
    return Answer(text=" | ".join(parts), data=data)


def _file(file: FileState) -> dict[str, Any]:
    return {"path": file.path, "ops": file.ops, "lastOp": file.last_op, "by": file.by, "seen": file.seen}


def _paths(files: list[FileState]) -> str:
    more = ", …" if len(files) > _SHOWN_FILES else ""
    return ", ".join(file.path for file in files[:_SHOWN_FILES]) + more


def _rate(state: State) -> float:
    runs = state.commands
    return sum(not run.failed for run in runs) / len(runs) if runs else 1.0


def _is_stalled(state: State) -> bool:
    return state.turns_since_change >= STALLED


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
