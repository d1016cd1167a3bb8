"""A progress bar for what takes long."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pi_host.commandline import console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, TaskID

__all__ = ["progress"]


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on stderr, where somebody sees it and has to wait.

    Args:
        what: what is being done.

    Yields:
        What is to be told how much is done, and of how much; ``None`` if nobody sees it.
    """
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        shown: list[tuple[Progress, TaskID]] = []

        def show(done: int, total: int) -> None:
            # Where the first part was all of it, nobody had to wait.
            if not shown and done < total:
                from rich.progress import Progress  # noqa: PLC0415  # most of the time there is no bar

                made = stack.enter_context(Progress(console=console(stderr=True, wrap=False), transient=True))
                shown.append((made, made.add_task(what)))
            for bar, task in shown:
                bar.update(task, completed=done, total=total)

        yield show
