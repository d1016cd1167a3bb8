"""The files that follow from ``components.toml``, to the byte."""

from pi_devkit.generate._files import drift, generated, write

__all__ = ["drift", "generated", "write"]
