"""``pi-host.toml``: which plugins run, in which order, with which options."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from pi_host._deadline import DEFAULT_SECONDS
from pi_host._errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE_NAME", "Config", "FileConfig", "merge", "parse", "read"]

FILE_NAME = "pi-host.toml"


class FileConfig(msgspec.Struct, forbid_unknown_fields=True):
    """The contents of one ``pi-host.toml``.

    Attributes:
        order: plugins that run first.
        disabled: plugins that are never imported.
        deadline: seconds that one hook implementation may take; ``UNSET`` where the file does not say.
        plugins: options by plugin, as JSON data: a date or a time is its ISO text.
    """

    order: list[str] = []
    disabled: list[str] = []
    deadline: float | msgspec.UnsetType = msgspec.UNSET
    plugins: dict[str, dict[str, Any]] = {}


class Config(msgspec.Struct, forbid_unknown_fields=True):
    """What the user's and the project's ``pi-host.toml`` say together.

    Attributes:
        order: plugins that run first, in this order; all others follow by name.
        disabled: plugins that are never imported.
        deadline: seconds that one hook implementation may take.
        plugins: options by plugin; ``deadline`` among them overrides the general one, the rest is the plugin's own.
    """

    order: list[str] = []
    disabled: list[str] = []
    deadline: float = DEFAULT_SECONDS
    plugins: dict[str, dict[str, Any]] = {}

    def deadline_of(self, plugin: str) -> float:
        """Return the seconds that a hook implementation of ``plugin`` may take."""
        return float(self.plugins.get(plugin, {}).get("deadline", self.deadline))

    def rank(self, plugin: str) -> tuple[int, str]:
        """Return a sort key that puts plugins into running order."""
        return (self.order.index(plugin) if plugin in self.order else len(self.order), plugin)


def read(path: Path) -> FileConfig:
    """Return the configuration in ``path``; an absent file is an empty one.

    Raises:
        ConfigError: the file is not TOML, or holds something else than a configuration.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return FileConfig()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, None, f"can't be read: {error}") from error
    return parse(text, path)


def parse(text: str, path: Path) -> FileConfig:
    """Return the configuration in ``text``, which stands in ``path``.

    Raises:
        ConfigError: as ``read``.
    """
    import tomllib  # noqa: PLC0415  # 10 ms, and the host reads the file only when it changed

    try:
        config = msgspec.convert(tomllib.loads(text), FileConfig)
        _check_deadlines(config)
        _check_numbers(config.plugins, "plugins")
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, _line(str(error)), f"invalid TOML: {error}") from error
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise ConfigError(path, None, str(error)) from error
    # The manifest keeps options as JSON: a plugin must find the same types at the first start and at later ones.
    config.plugins = msgspec.to_builtins(config.plugins)
    return config


def _check_deadlines(config: FileConfig) -> None:
    deadlines: dict[str, Any] = {} if config.deadline is msgspec.UNSET else {"deadline": config.deadline}
    for name, options in config.plugins.items():
        if "deadline" in options:
            deadlines[f"plugins.{name}.deadline"] = options["deadline"]
    for key, seconds in deadlines.items():
        if not isinstance(seconds, int | float) or not 0 < seconds < math.inf:  # nan is neither more nor less
            raise ValueError(f"{key} must be more than 0 seconds, and finite, not {seconds!r}")


def _check_numbers(value: Any, key: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{key} must be a finite number, not {value!r}")
    if isinstance(value, dict):
        for name, member in value.items():
            _check_numbers(member, f"{key}.{name}")
    if isinstance(value, list):
        for index, member in enumerate(value):
            _check_numbers(member, f"{key}[{index}]")


def merge(user: FileConfig, project: FileConfig) -> Config:
    """Return the user's configuration with the project's on top."""
    given = project.deadline if project.deadline is not msgspec.UNSET else user.deadline
    names = [*user.plugins, *(name for name in project.plugins if name not in user.plugins)]
    return Config(
        order=[*user.order, *(name for name in project.order if name not in user.order)],
        disabled=[*user.disabled, *project.disabled],
        deadline=given if given is not msgspec.UNSET else DEFAULT_SECONDS,
        plugins={name: {**user.plugins.get(name, {}), **project.plugins.get(name, {})} for name in names},
    )


def _line(message: str) -> int | None:
    # tomllib has put the position into the text since it exists, into attributes only since Python 3.14.
    _, _, rest = message.partition("(at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else None
