"""What is no Python and has to be installed all the same."""

from __future__ import annotations

import os
from importlib.resources import as_file, files

import pytest


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("pi_trace_headers", "presets.toml"),
        ("pi_trace_headers", "py.typed"),
        ("pi_trace_headers", "pi_side/headers.js"),
        ("pi_trace_headers", "pi_side/provider.js"),
        ("pi_trace_headers", "pi_side/watch.js"),
        ("pi_trace_headers.offline", "page.css"),
        ("pi_trace_headers.offline", "page.html"),
        ("pi_trace_headers.offline", "page.js"),
    ],
)
def test_the_package_brings_its_data(package: str, name: str) -> None:
    assert files(package).joinpath(*name.split("/")).is_file()


def test_the_pi_of_a_launch_can_be_run() -> None:
    with as_file(files("pi_trace_headers.launch").joinpath("bin", "pi")) as path:
        assert os.access(path, os.X_OK)
