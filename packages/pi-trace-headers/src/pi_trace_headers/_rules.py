"""Rules, compiled: whom each is for and what it sends."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from pi_trace_headers._errors import TraceError
from pi_trace_headers._options import TABLE
from pi_trace_headers._presets import presets
from pi_trace_headers._template import parse
from pi_trace_headers._variables import ENV, SALTED, VARIABLES
from pi_trace_headers._wire import name_problem

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from pi_trace_headers._options import Options, Rule, When
    from pi_trace_headers._presets import Match, Preset
    from pi_trace_headers._template import Template

__all__ = ["VIRTUAL_API", "CompiledRule", "Header", "compile_link", "compile_rules"]

#: What pi calls the protocol of a model that stands for others: who gets the request is decided later.
VIRTUAL_API: Final = "pi-virtual"


class Header(NamedTuple):
    """A header that a rule sends.

    Attributes:
        name: its name.
        template: its value.
    """

    name: str
    template: Template


class CompiledRule(NamedTuple):
    """A rule that is known to be right.

    Attributes:
        key: where it stands in the configuration.
        match: whom it is for: any of these.
        headers: what it sends.
        on_conflict: see ``Rule``.
        when: see ``Rule``.
        requires_env: variables without which it sends nothing.
    """

    key: str
    match: Sequence[Match]
    headers: Sequence[Header]
    on_conflict: str
    when: When
    requires_env: Sequence[str]

    def is_for(self, model: Mapping[str, object]) -> bool:
        """Return whether requests to ``model`` are this rule's, as far as pi tells who gets them."""
        provider, url = str(model.get("provider") or ""), str(model.get("baseUrl") or "")
        if not provider or model.get("api") == VIRTUAL_API:
            return False
        host = _host(url)
        return any(_fits(match, provider, host) for match in self.match)

    def missing_env(self) -> list[str]:
        """Return the variables that it needs and that are not set."""
        return [name for name in self.requires_env if not os.environ.get(name)]

    def holds(self, mode: str, *, in_file: bool) -> bool:
        """Return whether it holds for a pi that runs in ``mode``, with a session in a file or not."""
        kind = "file" if in_file else "memory"
        return (self.when.mode is None or mode in self.when.mode) and self.when.session in {None, kind}


def compile_rules(options: Options) -> list[CompiledRule]:
    """Return the rules of ``options``.

    Raises:
        TraceError: a rule that can't be; the message names its key and says what to do.
    """
    known = _known(options)
    return [_compile(f"{TABLE}.{key}", rule, known, salt=options.salt) for key, rule in options.rules]


def compile_link(options: Options) -> Template | None:
    """Return the template of the page that shows a trace.

    Raises:
        TraceError: it is none.
    """
    if options.link is None:
        return None
    try:
        return parse(options.link, _known(options))
    except TraceError as error:
        raise TraceError(f"{TABLE}.link: {error}") from None


def _known(options: Options) -> set[str]:
    return {*VARIABLES, *(f"{ENV}{name}" for name in options.env)}


def _compile(key: str, rule: Rule, known: Container[str], *, salt: str) -> CompiledRule:
    preset = _preset(key, rule)
    match = [rule.match] if rule.match is not None else preset.match if preset is not None else []
    if not match or any(one.provider is None and one.host is None for one in match):
        raise TraceError(f'{key}: does not say whom it is for; add match = {{ provider = "..." }} or host = "..."')
    templates = _merged(preset.headers if preset is not None else {}, rule.headers)
    if not templates:
        raise TraceError(f"{key}: has no headers; name a preset (`pi-trace presets list`) or give headers")
    headers = [_header(key, name, text, known, salt=salt) for name, text in templates.items() if text]
    requires = preset.requires_env if preset is not None else []
    return CompiledRule(key, match, headers, rule.on_conflict, rule.when, requires)


def _preset(key: str, rule: Rule) -> Preset | None:
    if rule.compat is not None and rule.preset is not None:
        raise TraceError(f"{key}: has a preset and compat; compat is a preset of its own, so take one of them out")
    name = f"{rule.compat}-compat" if rule.compat is not None else rule.preset
    if name is None:
        return None
    if name not in presets():
        raise TraceError(f"{key}: there is no preset {name!r}; `pi-trace presets list` shows {len(presets())} of them")
    preset = presets()[name]
    if not preset.headers:
        raise TraceError(f"{key}: preset {name!r} has no headers: {preset.about}")
    return preset


def _merged(base: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    names = {name.lower() for name in own}
    return {name: text for name, text in base.items() if name.lower() not in names} | dict(own)


def _header(key: str, name: str, text: str, known: Container[str], *, salt: str) -> Header:
    where = f"{key}.headers.{name}"
    if problem := name_problem(name):
        raise TraceError(f"{where}: {problem}")
    try:
        template = parse(text, known)
    except TraceError as error:
        raise TraceError(f"{where}: {error}{_env_hint(text)}") from None
    if not salt and (guessable := SALTED & set(template.variables)):
        raise TraceError(f'{where}: {min(guessable)!r} could be guessed from its hash; set salt = "..." in [{TABLE}]')
    return Header(name, template)


def _env_hint(text: str) -> str:
    return f'; a variable of the environment must be in env = ["..."] of [{TABLE}]' if f"{{{ENV}" in text else ""


def _fits(match: Match, provider: str, host: str) -> bool:
    fits_provider = match.provider is None or fnmatchcase(provider, match.provider)
    return fits_provider and (match.host is None or (bool(host) and fnmatchcase(host, match.host.lower())))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
