"""A long answer with a plugin that sees every token."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from scene import median_ms, timed

from pi_testkit import RpcPi, Say
from pi_testkit.bench import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scene import Scene

TOKENS = 2000
PACED = 1000.0
ROUNDS = {"paced": 3, "unpaced": 15}
MOST_TIMES_PLAIN = 1.05
MOST_MS_MORE = 15.0

METER = """
from pi_host import hookimpl
seen = 0
@hookimpl
def message_update(event, ctx):
    global seen
    seen += 1
@hookimpl
def agent_settled(event, ctx):
    ctx.ui.notify(f"seen {seen}")
"""


def rows(scene: Scene) -> Iterator[Row]:
    """Measure from the prompt until pi has settled, plain and with the plugin in turns."""
    scene.add(meter=METER)
    paced = _measure(scene, PACED, ROUNDS["paced"])
    plain, hosted = (statistics.median(times) for times in paced)
    yield Row(
        f"{TOKENS} tokens at {PACED:g}/s with a message_update plugin",
        f"{hosted * 1e3:.0f} ms",
        f"{plain * 1e3:.0f} ms plain pi",
        f"{hosted / plain:.3f}x",
        f"{MOST_TIMES_PLAIN:g}x",
        missed=hosted / plain > MOST_TIMES_PLAIN,
    )
    plain_ms, hosted_ms = (median_ms(times) for times in _measure(scene, None, ROUNDS["unpaced"]))
    yield Row(
        f"{TOKENS} tokens unpaced with a message_update plugin",
        f"{hosted_ms:.0f} ms",
        f"{plain_ms:.0f} ms plain pi",
        f"+{hosted_ms - plain_ms:.0f} ms",
        f"+{MOST_MS_MORE:g} ms",
        missed=hosted_ms - plain_ms > MOST_MS_MORE,
    )


def _measure(scene: Scene, tokens_per_second: float | None, rounds: int) -> tuple[list[float], list[float]]:
    plain: list[float] = []
    hosted: list[float] = []
    answer = Say("", tokens=TOKENS, tokens_per_second=tokens_per_second)
    with (
        scene.model(lambda _: answer),
        RpcPi(scene.install, scene.home) as without,
        RpcPi(scene.install, scene.home, extensions=[scene.extension], env=scene.hosted_env) as with_host,
    ):
        for rpc in (without, with_host):
            rpc.prompt("warm up", timeout=60)
        for _ in range(rounds):
            for rpc, into in ((without, plain), (with_host, hosted)):
                rpc.new_session()
                with timed(into):
                    rpc.prompt("go", timeout=60)
        seen = [request["message"] for request in with_host.ui_requests if request["method"] == "notify"]
    if seen[-1] != f"seen {(rounds + 1) * (TOKENS + 2)}":
        raise RuntimeError(f"the plugin did not see every token: {seen[-1]!r}")
    return plain, hosted
