"""What a session is, in a few facts above its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pi_host.sessionfile import Session, Usage

__all__ = ["About", "about"]


class About(NamedTuple):
    """The facts about a session.

    Attributes:
        title: its name, else the beginning of its first prompt, else its id.
        facts: names and values, as a reader sees them.
    """

    title: str
    facts: list[tuple[str, str]]


def about(session: Session, file: Path, clean: Callable[[str], str]) -> About:
    """Return the facts about a session that was read with bodies.

    Args:
        session: the session.
        file: its file, of which only the name is told: where it is concerns nobody who gets an export.
        clean: what every text goes through.
    """
    header = session.header
    prompts = [message for entry in session.entries if entry.role == "user" and (message := entry.message)]
    usages = [usage for entry in session.entries if (usage := entry.usage) is not None]
    models = dict.fromkeys(_models(session))
    first = next((prompt.text for prompt in prompts if prompt.text.strip()), "")
    title = session.name or " ".join(first.split())[:80] or (header.id if header else file.name)
    times = [entry.timestamp for entry in session.entries if entry.timestamp]
    facts = (
        ("session", header.id if header else "(without a header)"),
        ("file", file.name),
        ("working directory", (header.cwd if header else None) or ""),
        ("forked from", (header.parent_session if header else None) or ""),
        ("begun", _minute(header.timestamp) if header else ""),
        ("last entry", _minute(max(times)) if times else ""),
        ("entries", f"{len(session.entries):,} ({len(prompts):,} prompts)"),
        ("branches", f"{len(session.tips):,}" if len(session.tips) > 1 else ""),
        ("models", ", ".join(models)),
        ("tokens", f"{sum(map(_tokens, usages)):,}"),
        ("cost", f"${sum(usage.cost for usage in usages):,.2f}"),
    )
    return About(clean(title), [(name, clean(value)) for name, value in facts if value])


def _minute(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC" if at.endswith("Z") else at


def _models(session: Session) -> Iterator[str]:
    for entry in session.entries:
        if entry.role == "assistant" and (message := entry.message) is not None and message.model:
            yield "/".join(filter(None, (message.provider, message.model)))


def _tokens(usage: Usage) -> int:
    return usage.input + usage.output + usage.cache_read + usage.cache_write
