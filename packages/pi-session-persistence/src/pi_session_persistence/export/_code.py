"""Code as HTML, with its words marked where the language is known."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]  # it comes without types

__all__ = ["draw_code"]

#: Languages whose words are marked. Sessions name others, too, for which a lexer may not be up to hostile input.
_LANGUAGES: Final = frozenset(
    (
        "bash",
        "c",
        "c++",
        "cpp",
        "cs",
        "css",
        "diff",
        "dockerfile",
        "go",
        "h",
        "hpp",
        "html",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "jsx",
        "kotlin",
        "lua",
        "make",
        "markdown",
        "md",
        "php",
        "py",
        "py3",
        "python",
        "rb",
        "rs",
        "ruby",
        "rust",
        "scss",
        "sh",
        "shell",
        "sql",
        "swift",
        "toml",
        "ts",
        "tsx",
        "typescript",
        "xml",
        "yaml",
        "yml",
        "zsh",
    )
)

#: Longer code, in characters, is shown as it is: it is seldom read, and marked up it takes several times the space.
_LONGEST: Final = 40_000


def draw_code(text: str, language: str) -> str:
    """Return code as HTML.

    Args:
        text: the code; nothing in it is invisible any more.
        language: its language or the ending of its file; whatever else it is does no harm.
    """
    name = language.lower()
    if name not in _LANGUAGES or len(text) > _LONGEST:
        return escape(text)
    from pygments import highlight  # type: ignore[import-untyped]  # noqa: PLC0415  # as above; only pages need it

    drawn: str = highlight(text, _lexer(name), _formatter())
    return drawn if text.endswith("\n") else drawn.removesuffix("\n")


@cache
def _lexer(name: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    names = {"h": "c", "hpp": "cpp", "py3": "python", "jsx": "javascript"}
    return get_lexer_by_name(names.get(name, name), stripnl=False)


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    return HtmlFormatter(nowrap=True, classprefix="y-")
