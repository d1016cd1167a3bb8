"""``pi-trace show``: a stored session as spans."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from pi_host.commandline import console, save, say_json

if TYPE_CHECKING:
    from pi_trace_headers.spans import Span

__all__ = ["show"]


def show(  # noqa: PLR0913  # each is an option of the command
    session: Annotated[Path, typer.Argument(help="A session file of pi.", metavar="SESSION.jsonl")],
    *,
    html: Annotated[Path | None, typer.Option(help="Write one HTML page to this file.", metavar="FILE")] = None,
    otlp: Annotated[str | None, typer.Option(help="Send the spans to this OTLP collector.", metavar="URL")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the spans as JSON.")] = False,
    content: Annotated[
        bool, typer.Option("--content", help="Include what was said, with what looks like a secret taken out.")
    ] = False,
    by_run: Annotated[bool, typer.Option("--by-run", help="Make each run a trace of its own.")] = False,
) -> None:
    """Show a stored session as a waterfall: runs, model calls, tool calls, summaries, retries.

    The spans are those that pi would have sent while it ran, under the same ids, so sending them twice makes one trace.
    Headers for the collector come from OTEL_EXPORTER_OTLP_HEADERS.

    [bold]Examples[/bold]

      pi-trace show session.jsonl
      pi-trace show session.jsonl --html trace.html --content
      pi-trace show session.jsonl --otlp http://localhost:4318
    """
    from pi_trace_headers.offline import spans_of  # noqa: PLC0415  # other commands start without it

    spans = spans_of(session, by_run=by_run, with_content=content)
    if as_json:
        _print_json(spans)
    if html is not None:
        _write_page(spans, html)
    if otlp is not None:
        _send(spans, otlp)
    if not as_json and html is None and otlp is None:
        _print(spans)


def _print(spans: list[Span]) -> None:
    from pi_trace_headers.offline import waterfall  # noqa: PLC0415

    screen = console()
    for line in waterfall(spans, screen.width):
        screen.print(line, no_wrap=True, overflow="ellipsis")
    if not spans:
        screen.print("nothing happened in this session")


def _print_json(spans: list[Span]) -> None:
    import msgspec  # noqa: PLC0415

    say_json(msgspec.to_builtins(spans))


def _write_page(spans: list[Span], path: Path) -> None:
    from pi_trace_headers._errors import TraceError  # noqa: PLC0415
    from pi_trace_headers.offline import page  # noqa: PLC0415

    try:
        save(path, [page(spans).encode()])
    except OSError as error:
        raise TraceError(f"{str(path)!r} can't be written: {error.strerror}; choose another place") from error
    typer.echo(f"wrote {path}", err=True)


def _send(spans: list[Span], url: str) -> None:
    from pi_trace_headers.offline._sending import send  # noqa: PLC0415

    send(spans, url)
    typer.echo(f"sent {len(spans)} spans to {url}", err=True)
