"""What happens before the first prompt: trust, resources, MCP servers.

Written by codegen/sync.py; do not edit.
"""

from typing import ClassVar

from pi_host._base import Answer, Event
from pi_host.events._types import ProjectTrustEventDecision, RegisteredMcpServer, ResourcesDiscoverReason

__all__ = [
    "McpServersChangeEvent",
    "ProjectTrustAnswer",
    "ProjectTrustEvent",
    "ResourcesDiscoverAnswer",
    "ResourcesDiscoverEvent",
]


class ProjectTrustEvent(Event, kw_only=True):
    """Somebody has to decide whether a project's own settings and extensions may be loaded.

    Attributes:
        cwd: The project folder in question.
    """

    name: ClassVar[str] = "project_trust"

    cwd: str


class ProjectTrustAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``project_trust``.

    Attributes:
        trusted: The decision; ``undecided`` passes the question on.
        remember: Whether pi stores the decision.
    """

    trusted: ProjectTrustEventDecision
    remember: bool | None = None


class ResourcesDiscoverEvent(Event, kw_only=True):
    """Skills, prompt templates and themes are being collected.

    Attributes:
        cwd: The working directory of the session.
        reason: Whether the session starts or is reloaded.
    """

    name: ClassVar[str] = "resources_discover"

    cwd: str
    reason: ResourcesDiscoverReason


class ResourcesDiscoverAnswer(Answer, kw_only=True):
    """What a plugin may answer to ``resources_discover``.

    Attributes:
        skill_paths: Files or folders with skills.
        prompt_paths: Files or folders with prompt templates.
        theme_paths: Files or folders with themes.
    """

    skill_paths: list[str] | None = None
    prompt_paths: list[str] | None = None
    theme_paths: list[str] | None = None


class McpServersChangeEvent(Event, kw_only=True):
    """An extension added or removed an MCP server.

    Attributes:
        servers: All registered servers after the change.
    """

    name: ClassVar[str] = "mcp_servers_change"

    servers: list[RegisteredMcpServer]
