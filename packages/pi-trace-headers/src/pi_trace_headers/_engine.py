"""From rules and a request to the headers that go out, and to what the user should know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pi_trace_headers._rules import compile_link, compile_rules
from pi_trace_headers._variables import Scene
from pi_trace_headers._wire import MOST_PER_REQUEST, value_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pi_trace_headers._options import Options
    from pi_trace_headers._rules import CompiledRule, Header
    from pi_trace_headers._state import Request
    from pi_trace_headers._variables import Moment

__all__ = ["Engine", "Rendered", "opted_out"]

_FRAME = 4  # what HTTP/1.1 puts between and behind name and value


class Rendered(NamedTuple):
    """What to send with one request.

    Attributes:
        headers: value by name.
        replaces: names, in the writing of the request, of the headers that ours take the place of.
        problems: what could not be sent and why, for people; values are never quoted.
    """

    headers: dict[str, str]
    replaces: list[str]
    problems: list[str]


class Engine:
    """The rules of one configuration at work.

    Args:
        options: the configuration.

    Raises:
        TraceError: a rule that can't be.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rules = compile_rules(options)
        self.silenced_by = opted_out(os.environ) if options.opt_out == "respect" else None
        self.link = compile_link(options)
        self._environ = {name: os.environ[name] for name in options.env if name in os.environ}
        self._chosen: dict[tuple[Any, ...], list[CompiledRule]] = {}

    @property
    def active(self) -> bool:
        """Whether it could send anything at all."""
        return bool(self.rules) and self.silenced_by is None

    def rules_for(self, moment: Moment) -> list[CompiledRule]:
        """Return the rules that a request made now is subject to; none if it is not clear who gets it."""
        if not self.active:
            return []
        model, in_file = moment.model, moment.session_file is not None
        key = (model.get("provider"), model.get("baseUrl"), model.get("api"), moment.mode, in_file)
        if key not in self._chosen:
            self._chosen[key] = [
                rule
                for rule in self.rules
                if rule.is_for(model) and rule.holds(moment.mode, in_file=in_file) and not rule.missing_env()
            ]
        return self._chosen[key]

    def scene(self, request: Request, moment: Moment) -> Scene:
        """Return what gives templates their values for a request."""
        return Scene(request, moment, salt=self.options.salt, environ=self._environ)

    def render(self, request: Request, moment: Moment, present: Iterable[str]) -> Rendered:
        """Return the headers for a request.

        Args:
            request: the request.
            moment: pi when it makes it.
            present: names of the headers that it has already.
        """
        rules = self.rules_for(moment)
        if not rules:
            return Rendered({}, [], [])
        rendering = _Rendering(self.scene(request, moment), present)
        for rule in rules:
            for header in rule.headers:
                rendering.add(rule, header)
        return rendering.result


def opted_out(environ: Mapping[str, str]) -> str | None:
    """Return the variable by which the user wants to send nothing about themselves, ``None`` if there is none."""
    if environ.get("PI_TELEMETRY", "").strip().lower() in {"0", "false", "no"}:
        return "PI_TELEMETRY"
    if environ.get("DO_NOT_TRACK", "").strip().lower() in {"1", "true", "yes"}:
        return "DO_NOT_TRACK"
    return None


class _Rendering:
    """The headers of one request as they come together."""

    def __init__(self, scene: Scene, present: Iterable[str]) -> None:
        self.result = Rendered({}, [], [])
        self._scene = scene
        self._taken = {name.lower(): name for name in present}
        self._room = MOST_PER_REQUEST

    def add(self, rule: CompiledRule, header: Header) -> None:
        """Add a header unless there is one, or its value is missing or can't be sent."""
        name = header.name
        existing = self._taken.get(name.lower())
        if existing is not None and (existing in self.result.headers or rule.on_conflict != "replace"):
            if rule.on_conflict == "error" and existing not in self.result.headers:
                self._problem(f"{rule.key}: the request has a header {existing!r} already; it stays as it is")
            return
        value = (header.template.render(self._scene.value) or "").strip()
        if not value:
            return
        size = len(name) + len(value) + _FRAME
        if problem := value_problem(value) or self._size_problem(size):
            self._problem(f"{rule.key}: header {name!r} is left out: {problem}")
            return
        self._room -= size
        if existing is not None:
            self.result.replaces.append(existing)
        self._taken[name.lower()] = name
        self.result.headers[name] = value

    def _size_problem(self, size: int) -> str | None:
        return f"all headers together are longer than {MOST_PER_REQUEST} bytes" if size > self._room else None

    def _problem(self, text: str) -> None:
        self.result.problems.append(text)
