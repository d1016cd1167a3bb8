"""``pi-trace run``: pi through a gateway, for one launch.

Nothing is written anywhere: the provider, the rules and the children's extension are flags and environment variables of
the pi that takes this process's place, so nothing can be left behind, however it ends.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from pi_host.cli.run import run as run_pi
from pi_host.launch import BRIDGE
from pi_trace_headers._errors import TraceError
from pi_trace_headers._handover import RULES
from pi_trace_headers._presets import presets
from pi_trace_headers.cli._gateway import CONTEXT_WINDOW, Wanted, launch_of, provider_config
from pi_trace_headers.launch import EXTENSION, SHIM_DIR

__all__ = ["run"]

#: What `pi_side/provider.js` makes a provider of.
_PROVIDER: Final = "PI_TRACE_PROVIDER"


def run(  # noqa: PLR0913  # a command line
    args: Annotated[list[str] | None, typer.Argument(metavar="ARGS", help="What pi gets.")] = None,
    *,
    gateway: Annotated[str, typer.Option(help="A preset; `pi-trace presets list` shows them.")],
    model: Annotated[str | None, typer.Option(help="The model, as the gateway calls it.")] = None,
    provider: Annotated[
        str | None, typer.Option(help="Send the headers to this provider, which pi knows, and add none.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="The gateway's OpenAI-compatible API.")] = None,
    key_env: Annotated[str | None, typer.Option(help="The variable that holds the gateway's key.")] = None,
    context_window: Annotated[int, typer.Option(help="What the model can read, in tokens.")] = CONTEXT_WINDOW,
    reasoning: Annotated[bool, typer.Option(help="Whether the model can think.")] = False,
    pi: Annotated[str | None, typer.Option(help="The pi to start, in place of PI_HOST_PI or `pi`.")] = None,
) -> None:
    """Start pi through a gateway, this once, with the gateway's trace headers on every request.

    Everything after [bold]--[/bold] goes to pi.
    No file is written. The key stays in its variable: it gets into no file and no command line.
    A pi that a tool of this one starts has the gateway, too.

    [bold]Examples[/bold]

      pi-trace run --gateway opper --model anthropic/claude-sonnet-4-6
      pi-trace run --gateway litellm --base-url https://litellm.example.com/v1 --model gpt-5 -- -p "hello"
      pi-trace run --gateway helicone --provider my-helicone
    """
    if gateway not in presets():
        raise TraceError(f"there is no preset {gateway!r}; `pi-trace presets list` shows {len(presets())} of them")
    wanted = Wanted(model, base_url, key_env, context_window, reasoning)
    os.environ.pop(_PROVIDER, None)  # this pi may be started by one that was launched so
    if provider is None:
        provider = _make_provider(gateway, wanted)
    elif base_url or key_env:
        raise TraceError("--provider names one that pi knows with its URL and key; leave out --base-url and --key-env")
    os.environ[RULES] = _json([{"preset": gateway, "match": {"provider": provider}}])
    real = _for_children(pi)
    chosen = ["--provider", provider, *(["--model", model] if model else [])]
    run_pi(["-e", str(EXTENSION), *chosen, *(args or ())], plugin=["trace-headers"], pi=real)


def _make_provider(gateway: str, wanted: Wanted) -> str:
    launch = launch_of(gateway, presets()[gateway], wanted)
    config = provider_config(launch, wanted)
    os.environ[_PROVIDER] = _json(config)
    if launch.base_url_env is not None:
        os.environ[launch.base_url_env] = config["baseUrl"]
    return launch.provider


def _for_children(pi: str | None) -> str | None:
    """See to it that a ``pi`` that a tool starts gets the same extensions, and return the real one."""
    os.environ |= {"PI_TRACE_BRIDGE": str(BRIDGE), "PI_TRACE_EXTENSION": str(EXTENSION)}
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder != str(SHIM_DIR)]
    real = shutil.which(pi or os.environ.get("PI_HOST_PI") or "pi", path=os.pathsep.join(folders))
    if real is None:  # then there is no `pi` that a tool could start either
        return pi
    path = str(Path(real).absolute())
    os.environ |= {"PI_TRACE_PI": path, "PATH": os.pathsep.join([str(SHIM_DIR), *folders])}
    return path


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
