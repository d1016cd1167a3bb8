from __future__ import annotations

import http.client
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers._wire import MOST_PER_VALUE, name_problem, value_problem


@pytest.mark.parametrize(
    "name", ["x-session-id", "X-Opper-Trace-Id", "langfuse_session_id", "traceparent", "X~!#$%&'*+.^|"]
)
def test_a_header_may_have_the_name(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "X-API-Key",
        "api-key",
        "Cookie",
        "Host",
        "Content-Length",
        "content-anything",
        "User-Agent",
        "Proxy-Authorization",
        "transfer-encoding",
        "__proto__",
    ],
)
def test_a_reserved_name_is_refused(name: str) -> None:
    assert "reserved" in str(name_problem(name))


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "ä", "x" * 129, "(x)", "a\x00"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert "no name of a header" in str(name_problem(name))


@pytest.mark.parametrize("value", ["", "x", "a b", "!echo hi", "$HOME", "x" * MOST_PER_VALUE])
def test_a_value_may_be_sent(value: str) -> None:
    assert value_problem(value) is None


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "\x00", "\x7f", "\t", "ü", "日本", "\udcff"])
def test_a_value_that_breaks_requests_is_refused(value: str) -> None:
    assert "no header may have" in str(value_problem(value))


def test_a_value_beyond_the_limit_is_refused_without_being_quoted() -> None:
    problem = str(value_problem("s3cret" * 4000))
    assert "longer than 1024 characters" in problem
    assert "s3cret" not in problem


@given(st.text())
def test_an_http_client_takes_whatever_passes(text: str) -> None:
    connection = http.client.HTTPConnection("nobody.invalid")
    connection.putrequest("GET", "/", skip_host=True)
    if name_problem(text) is None:
        connection.putheader(text, "1")
    if value_problem(text) is None:
        assert re.fullmatch(r"[\x20-\x7e]*", text)
        connection.putheader("x", text)
