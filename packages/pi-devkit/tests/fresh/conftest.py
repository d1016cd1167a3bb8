from __future__ import annotations

from template_support import extension, history

__all__ = ["extension", "history"]
