"""What happens before the first prompt: trust, resources, MCP servers.

Written by codegen/sync.py; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._markers import hookspec

if TYPE_CHECKING:
    from pi_host._base import Reply
    from pi_host._context import Context
    from pi_host.events import (
        McpServersChangeEvent,
        ProjectTrustAnswer,
        ProjectTrustEvent,
        ResourcesDiscoverAnswer,
        ResourcesDiscoverEvent,
    )

__all__ = ["StartupHooks"]


class StartupHooks:
    """What happens before the first prompt: trust, resources, MCP servers."""

    @hookspec
    def project_trust(self, event: ProjectTrustEvent, ctx: Context) -> Reply[ProjectTrustAnswer]:
        '''Somebody has to decide whether a project's own settings and extensions may be loaded.

        When: Before any project resource is read, when the folder has some and neither a flag nor a stored decision
        answers.

        Answers: The first plugin that decides wins; the others are not asked.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.79.0.

        Example:
            ```python
            from pathlib import Path

            from pi_host import hookimpl
            from pi_host.events import ProjectTrustAnswer, ProjectTrustEvent


            @hookimpl
            def project_trust(event: ProjectTrustEvent) -> ProjectTrustAnswer | None:
                """Trust what lies in our own source folder."""
                if Path(event.cwd).is_relative_to(Path.home() / "src"):
                    return ProjectTrustAnswer(trusted="yes", remember=True)
                return None
            ```
        '''

    @hookspec
    def resources_discover(self, event: ResourcesDiscoverEvent, ctx: Context) -> Reply[ResourcesDiscoverAnswer]:
        '''Skills, prompt templates and themes are being collected.

        When: Right after ``session_start``, also after a reload.

        Answers: All paths of all plugins are put together.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi waits for
        the plugins.

        Since pi 0.74.2.

        Example:
            ```python
            from pathlib import Path

            from pi_host import hookimpl
            from pi_host.events import ResourcesDiscoverAnswer


            @hookimpl
            def resources_discover() -> ResourcesDiscoverAnswer:
                """Bring the skills that lie next to this plugin."""
                return ResourcesDiscoverAnswer(skill_paths=[str(Path(__file__).parent / "skills")])
            ```
        '''

    @hookspec
    def mcp_servers_change(self, event: McpServersChangeEvent, ctx: Context) -> Reply[None]:
        '''An extension added or removed an MCP server.

        When: After the change. A listener counts as an extension that connects servers itself, so add one only for
        that.

        Answers: Nothing is expected back: every plugin sees the event and pi goes on.

        Fails open: a plugin that raises or is too slow is reported, and pi goes on without its answer. pi does not
        wait for the plugins.

        Since pi 0.99.0.

        Example:
            ```python
            from pi_host import hookimpl
            from pi_host.events import McpServersChangeEvent

            servers: dict[str, str] = {}


            @hookimpl
            def mcp_servers_change(event: McpServersChangeEvent) -> None:
                """Keep the list of servers and who registered them."""
                servers.clear()
                servers.update({server["name"]: server["extensionPath"] for server in event.servers})
            ```
        '''
