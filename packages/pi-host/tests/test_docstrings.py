from __future__ import annotations

import inspect
import subprocess
import sys

import docstring_parser
from hypothesis import given
from hypothesis import strategies as st

from pi_host._docstrings import describe

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], exclude_characters=":@\n")


def documented(text: str) -> object:
    def function() -> None: ...

    function.__doc__ = text
    return function


@given(st.text(LETTERS, min_size=1))
def test_of_one_line_the_parser_would_say_the_same(text: str) -> None:
    function = documented(text)
    parsed = docstring_parser.parse(inspect.getdoc(function) or "")
    assert describe(function) == (parsed.short_description or "", {})  # type: ignore[arg-type]  # it is a function


def test_of_one_line_the_parser_is_not_even_loaded() -> None:
    code = """if True:
        import sys
        from pi_host._docstrings import describe
        def weather(city: str) -> str:
            "Weather forecast for a city."
        assert describe(weather) == ("Weather forecast for a city.", {})
        assert "docstring_parser" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_sections_are_understood() -> None:
    def weather(city: str) -> str:
        """Weather forecast.

        For some days.

        Args:
            city: where; the
                name is enough.
        """
        return city

    assert describe(weather) == ("Weather forecast.\n\nFor some days.", {"city": "where; the name is enough."})
