"""What spans cost: a long answer, the end of pi, and the import of the plugin."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from span_support import Collector

from pi_testkit import Say, ScriptedModel
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

    from pi_testkit import RpcPi

_TOKENS: Final = 2000
_PACE: Final = 1000.0

#: What the paced answer may take longer, and as many milliseconds for one that comes as fast as it can.
_MOST_TIMES: Final = 1.01
_MOST_MS: Final = 15.0

#: What a collector that does not answer may add to the end of pi beyond ``flush_seconds``, milliseconds.
_MOST_EXIT_MS: Final = 150.0
_FLUSH_SECONDS: Final = 0.25

#: What the plugin may add to the start of the host, milliseconds.
_MOST_IMPORT_MS: Final = 15.0

_SPARSE: Final = "from pi_host import hookimpl\n@hookimpl\ndef session_start(event, ctx): pass\n"
_EVERY_TOKEN: Final = _SPARSE + "@hookimpl\ndef message_update(event, ctx): pass\n"


def imports(_: Scene) -> Iterator[Row]:
    """Measure how long the plugin takes to be imported."""
    host = "import asyncio, pi_host._server"
    plugins = ("pi_trace_headers.plugin", "pi_trace_headers.spans.plugin")
    codes = {"": host} | {plugin: f"{host}, {plugin}" for plugin in plugins}
    took: dict[str, list[float]] = {name: [] for name in codes}
    for _round in range(15):
        for name, code in codes.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own interpreter
            took[name].append((time.perf_counter() - began) * 1e3)
    alone = min(took[""])
    for plugin in plugins:
        both = min(took[plugin])
        yield Row(
            f"import of {plugin}",
            f"{both:.0f} ms",
            f"{alone:.0f} ms the host alone",
            f"{both - alone:+.1f} ms",
            f"+{_MOST_IMPORT_MS:.0f} ms",
            missed=both - alone > _MOST_IMPORT_MS,
        )


def paced(scene: Scene) -> Iterator[Row]:
    """Measure an answer that comes as fast as a model speaks."""
    return _stream(scene, _PACE, 5)


def unpaced(scene: Scene) -> Iterator[Row]:
    """Measure an answer that comes as fast as it can."""
    return _stream(scene, None, 15)


def exits(scene: Scene) -> Iterator[Row]:
    """Measure how long pi takes to end while the collector is well, hangs, or is not there."""
    normal = _exit(scene, "none", "")
    with Collector() as fine, Collector(delay=30) as hanging, Collector() as gone:
        gone.close()
        for what, url in (("answers", fine.url), ("hangs", hanging.url), ("is not there", gone.url)):
            took = _exit(scene, what.replace(" ", "-"), url)
            more, bound = took - normal, _MOST_EXIT_MS + (_FLUSH_SECONDS * 1e3 if what == "hangs" else 0)
            yield Row(
                f"end of pi, the collector {what}",
                f"{took:.0f} ms",
                f"{normal:.0f} ms without spans",
                f"{more:+.0f} ms",
                f"+{bound:.0f} ms",
                missed=more > bound,
            )


def _stream(scene: Scene, pace: float | None, rounds: int) -> Iterator[Row]:
    """Measure a long answer without spans, with them, and with a plugin that sees every token."""
    answer = Say("", tokens=_TOKENS, tokens_per_second=pace)
    times: dict[str, list[float]] = {"plain": [], "spans": [], "every token": []}
    with contextlib.ExitStack() as stack:
        model = stack.enter_context(ScriptedModel(lambda _: answer))
        collector = stack.enter_context(Collector())
        pis = {
            "plain": stack.enter_context(_start(scene, "plain", model)),
            "spans": stack.enter_context(_start(scene, "spans", model, url=collector.url)),
            "every token": stack.enter_context(_start(scene, "tokens", model, plugin=_EVERY_TOKEN)),
        }
        for pi in pis.values():
            pi.prompt("warm up", timeout=60)
        before = {name: _cpu(pi) for name, pi in pis.items()}
        for _ in range(rounds):
            for name, pi in pis.items():
                pi.new_session()
                began = time.perf_counter()
                pi.prompt("go", timeout=60)
                times[name].append((time.perf_counter() - began) * 1e3)
        cpu = {name: (_cpu(pi) - before[name]) / rounds for name, pi in pis.items()}
    yield from _stream_rows(pace, {name: statistics.median(values) for name, values in times.items()}, cpu)


def _stream_rows(pace: float | None, medians: dict[str, float], cpu: dict[str, float]) -> Iterator[Row]:
    how = f"at {pace:g}/s" if pace else "unpaced"
    plain = medians["plain"]
    for name, label in (("spans", "spans"), ("every token", "a hook for every token, for scale")):
        more, times = medians[name] - plain, medians[name] / plain
        missed = name == "spans" and (times > _MOST_TIMES if pace else more > _MOST_MS)
        bound = "" if name != "spans" else f"{_MOST_TIMES:g}x" if pace else f"+{_MOST_MS:g} ms"
        yield Row(
            f"{_TOKENS} tokens {how}: {label}",
            f"{medians[name]:.0f} ms, {cpu[name]:.0f} ms CPU",
            f"{plain:.0f} ms, {cpu['plain']:.0f} ms CPU",
            f"{times:.4f}x, {more:+.1f} ms",
            bound,
            missed=missed,
        )


def _exit(scene: Scene, name: str, url: str) -> float:
    took = []
    for number in range(5):
        with ScriptedModel(lambda _: Say("well", delay=0.5)) as model:
            pi = _start(scene, f"exit-{name}-{number}", model, url=url)
            pi.prompt("go")
            began = time.perf_counter()
            pi.process.popen.stdin.close()  # type: ignore[union-attr]  # RPC mode always has one
            pi.process.wait(20)
            took.append((time.perf_counter() - began) * 1e3)
            pi.close()
    return statistics.median(took)


def _start(scene: Scene, name: str, model: ScriptedModel, plugin: str = _SPARSE, url: str = "") -> RpcPi:
    """Start a pi; with ``url`` its spans go there."""
    table = f'[plugins.trace-spans]\nendpoint = "{url}"\nflush_seconds = {_FLUSH_SECONDS}\n' if url else ""
    home = scene.home(name, table)
    source = home.root / "plugin.py"
    source.write_text(plugin, "utf-8")
    return scene.start(home, model, [str(source), *(["trace-spans"] if url else [])])


def _cpu(pi: RpcPi) -> float:
    """Processor time of pi and everything below it, milliseconds."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    waiting, ticks = [pi.process.popen.pid], 0
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        with contextlib.suppress(OSError):
            ticks += sum(int(field) for field in _stat(pid)[11:13])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
