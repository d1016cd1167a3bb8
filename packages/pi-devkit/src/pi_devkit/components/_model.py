"""What ``components.toml`` says, typed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

__all__ = ["Component", "ExpectedFailure", "Kind", "PiProfile", "Project", "State", "Waiver"]

Kind = Literal["host", "extension", "library", "tool", "template"]
State = Literal["ready", "not-ready", "suspended", "removed", "internal"]

_FLOOR, _CEILING = "3.11", "3.13"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of the file; a key that is not known is a mistake and never passed over."""


class Waiver(_Table, frozen=True, kw_only=True):
    """A check that a component need not pass for a while.

    Attributes:
        check: its id, such as ``R17``.
        reason: why.
        until: the last day on which it holds.
    """

    check: Annotated[str, msgspec.Meta(pattern=r"^R(0[1-9]|1[0-9]|2[0-7])$")]
    reason: str
    until: dt.date


class ExpectedFailure(_Table, frozen=True, kw_only=True):
    """A version of pi that a component is known not to work with; it fails if it works after all.

    Attributes:
        pi: the version.
        reason: why.
        until: the last day on which this is believed.
    """

    pi: str
    reason: str
    until: dt.date


class PiProfile(_Table, frozen=True, kw_only=True):
    """A version of pi that components are proved with.

    Attributes:
        version: such as ``1.5.2``.
        status: what it stands for.
    """

    version: str
    status: Literal["floor", "supported", "current", "candidate"]


class Project(_Table, frozen=True, kw_only=True):
    """What holds for all components.

    Attributes:
        repository: address of the repository, without a slash at the end.
        branch: name of the branch that releases are made from.
        owners: who reviews what no component owns, each with its ``@``.
        pythons: the oldest and the newest Python that is proved.
        everywhere: globs of files whose change concerns every component.
        test_groups: dependency groups of the root that tests need.
    """

    repository: str
    branch: str = "main"
    owners: list[str] = msgspec.field(default_factory=list)
    pythons: tuple[str, str] = (_FLOOR, _CEILING)
    everywhere: list[str] = msgspec.field(default_factory=list)
    test_groups: list[str] = msgspec.field(default_factory=list)


class Component(_Table, frozen=True, kw_only=True):
    """One thing that is released.

    Attributes:
        name: name of the distribution, and what its tags begin with; the key of its table.
        path: its folder, relative to the root.
        kind: what it is.
        state: only ``ready`` is released.
        import_name: its one top-level package.
        public: its modules that others may import.
        friends: components that may import its private modules too.
        consumes: by component, the modules of it that this one imports.
        promises: names that users rely on: ``plugins``, ``scripts``, ``tools``, ``commands``, and other entry points by
            their group.
        options: by plugin, what has to be in ``pi-host.toml`` for it to be on.
        pi: the versions of pi it is proved with; all of them when it does not say.
        owners: who reviews it; those of the project when it does not say.
        smoke: what proves that it works when installed, as ``tests/file.py:function``.
        import_ms: how much time of the processor its import may take, milliseconds.
        wheel: globs of the files in its wheel that are not Python.
        sdist: globs of the files in its sdist that are not in its wheel.
        test_files: globs of files of the repository that its tests read.
        repository_tests: those of its tests that are about the repository, and not run against its wheel: files and
            folders, relative to its own.
        expected_failures: versions of pi it is known not to work with.
        waivers: checks that it need not pass for a while.
    """

    name: str = ""
    path: str
    kind: Kind
    state: State = "ready"
    import_name: str = msgspec.field(name="import")
    public: list[str] = msgspec.field(default_factory=list)
    friends: list[str] = msgspec.field(default_factory=list)
    consumes: dict[str, list[str]] = msgspec.field(default_factory=dict)
    promises: dict[str, list[str]] = msgspec.field(default_factory=dict)
    options: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    pi: list[str] | None = None
    owners: list[str] | None = None
    smoke: str = ""
    import_ms: float = 500.0
    wheel: list[str] = msgspec.field(default_factory=list)
    sdist: list[str] = msgspec.field(default_factory=list)
    test_files: list[str] = msgspec.field(default_factory=list)
    repository_tests: list[str] = msgspec.field(default_factory=list)
    expected_failures: list[ExpectedFailure] = msgspec.field(default_factory=list)
    waivers: list[Waiver] = msgspec.field(default_factory=list)

    @property
    def released(self) -> bool:
        """Whether it is released at all."""
        return self.state == "ready"

    def promised(self, kind: str) -> list[str]:
        """The names promised of one kind, in order.

        Args:
            kind: a key of ``promises``.
        """
        return sorted(self.promises.get(kind, []))
