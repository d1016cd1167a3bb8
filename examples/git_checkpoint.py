"""Remember the files after every turn that used tools, and go back with ``/checkpoint``.

A checkpoint is what ``git stash create`` makes: a commit of the changes to tracked files, on no branch; neither the
working tree nor the index nor ``git stash list`` is touched. Files that git does not track are not in it.

Install it: ``cp git_checkpoint.py ~/.pi/agent/python/``
"""

from pi_host import Context, command, hookimpl
from pi_host.events import TurnEndEvent

KIND = "git-checkpoint"
AUTHOR = ("-c", "user.name=pi", "-c", "user.email=pi@localhost")

#: Label of each checkpoint of the session, by commit; completions have no context to ask for it.
labels: dict[str, str] = {}


@hookimpl
async def session_start(ctx: Context) -> None:
    """Read the checkpoints of an earlier run back from the session."""
    labels.clear()
    for entry in await ctx.session.entries():
        if entry.get("customType") == KIND:
            labels[entry["data"]["commit"]] = entry["data"]["label"]


@hookimpl
async def turn_end(event: TurnEndEvent, ctx: Context) -> None:
    """Make a checkpoint and note it in the session, where the model does not see it."""
    tools = [result["toolName"] for result in event.tool_results]
    made = await ctx.pi.exec("git", [*AUTHOR, "stash", "create"], cwd=ctx.cwd) if tools else None
    if made is None or made.code or not made.stdout.strip():
        return  # no repository, or nothing differs from the last commit
    commit = made.stdout.strip()[:12]
    # Without a name git would collect it as garbage one day.
    await ctx.pi.exec("git", ["update-ref", f"refs/pi-checkpoints/{commit}", made.stdout.strip()], cwd=ctx.cwd)
    labels[commit] = f"#{len(labels) + 1} after {', '.join(tools)}"
    await ctx.pi.append_entry(KIND, {"commit": commit, "label": labels[commit]})


def complete(prefix: str) -> list[dict[str, str]]:
    """Propose the checkpoints, newest first."""
    return [{"value": c, "label": c, "description": labels[c]} for c in reversed(labels) if c.startswith(prefix)]


@command(complete=complete)
async def checkpoint(args: str, ctx: Context) -> str:
    """Put the files back to a checkpoint."""
    if args not in labels:
        return f"no such checkpoint; there are: {', '.join(labels) or 'none'}"
    if not await ctx.ui.confirm("Put the files back?", f"{labels[args]}: later changes to tracked files are lost"):
        return "nothing was changed"
    done = await ctx.pi.exec("git", ["restore", "--source", args, "--", "."], cwd=ctx.cwd)
    return done.stderr.strip() or f"the files are back at {args}"
