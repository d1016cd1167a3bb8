"""What a component may import of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pi_devkit.checks._context import Context

__all__ = ["Seam"]


class Seam:
    """What one component may import of the others."""

    def __init__(self, context: Context) -> None:
        component = context.component
        self._site = context.clean.site
        others = [one for one in context.workspace.components if one != component and one.import_name]
        self.packages = [one.import_name for one in others]
        self._allowed = {one.import_name: set(component.consumes.get(one.name, [])) for one in others}
        if component.import_name != "pi_host" and "pi_host" not in self.packages:
            # The host of somebody else's repository: what has no underscore is public.
            self.packages.append("pi_host")

    def problem(self, module: str) -> str:
        """Why a module must not be imported; empty if it may."""
        package = module.partition(".")[0]
        allowed = self._allowed.get(package)
        if allowed is None:
            private = any(part.startswith("_") for part in module.split("."))
            return f"{module} is private to {package}; use what it makes public" if private else ""
        if module in allowed:
            return ""
        return f"components.toml does not let it consume {module}"

    def reached(self, dotted: str) -> str:
        """Why a name must not be used, for the private module that it is or is in; empty if it may."""
        parts = dotted.split(".")
        while len(parts) > 1 and not self._is_module(parts):
            parts.pop()
        private = any(part.startswith("_") for part in parts)
        return self.problem(".".join(parts)) if private else ""

    def has(self, module: str) -> bool:
        """Whether a module is another component's."""
        return module.partition(".")[0] in self.packages

    def _is_module(self, parts: list[str]) -> bool:
        path = self._site.joinpath(*parts)
        return path.is_dir() or path.with_name(f"{path.name}.py").is_file()
