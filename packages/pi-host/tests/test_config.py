"""``pi-host.toml``."""

from pathlib import Path
from typing import Any

import pytest

from pi_host._config import Config, FileConfig, merge, read
from pi_host._deadline import DEFAULT_SECONDS
from pi_host._errors import ConfigError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "pi-host.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_an_absent_file_is_an_empty_configuration(tmp_path: Path) -> None:
    assert read(tmp_path / "pi-host.toml") == FileConfig()


def test_everything_that_can_be_configured_is_read(tmp_path: Path) -> None:
    text = """
        order = ["b", "a"]
        disabled = ["c"]
        deadline = 5

        [plugins.a]
        deadline = 0.5
        greeting = "hi"
        nested = { x = [1, 2.5, true] }
    """

    config = read(written(tmp_path, text))

    assert (config.order, config.disabled, config.deadline) == (["b", "a"], ["c"], 5)
    assert config.plugins == {"a": {"deadline": 0.5, "greeting": "hi", "nested": {"x": [1, 2.5, True]}}}


@pytest.mark.parametrize(("text", "line"), [('order = ["a"]\nx = [1,,2]', 2), ("a = 1\na = 2", 2), ("\n\n[plugins", 3)])
def test_invalid_toml_is_told_with_its_file_and_line(text: str, line: int, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        read(path)
    if caught.value.line is not None:  # tomllib says "at end of document" without a line
        assert caught.value.line == line
        assert str(caught.value).startswith(f"{path}:{line}: invalid TOML: ")
    else:
        assert "end of document" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ordr = []", "ordr"),
        ("order = 'a'", "order"),
        ("disabled = [1]", "disabled"),
        ("deadline = 'soon'", "deadline"),
        ("deadline = 0", "deadline must be more than 0 seconds"),
        ("deadline = -1.5", "deadline must be more than 0 seconds"),
        ("deadline = nan", "deadline must be more than 0 seconds"),
        ("deadline = inf", "deadline must be more than 0 seconds, and finite"),
        ("[plugins.a]\ndeadline = inf", "plugins.a.deadline must be more than 0 seconds, and finite"),
        ("[plugins.a]\nx = nan", "plugins.a.x must be a finite number"),
        ("[plugins.a]\nx = {y = [1, -inf]}", r"plugins.a.x.y\[1\] must be a finite number"),
        ("plugins = 5", "plugins"),
        ("[plugins]\na = 1", "plugins"),
        ("[plugins.a]\ndeadline = 0", "plugins.a.deadline must be more than 0 seconds"),
        ("[plugins.a]\ndeadline = nan", "plugins.a.deadline must be more than 0 seconds"),
        ("[plugins.a]\ndeadline = 'soon'", "plugins.a.deadline must be more than 0 seconds"),
        ("[plugins.a]\ndeadline = [1]", "plugins.a.deadline must be more than 0 seconds"),
    ],
)
def test_what_is_no_configuration_is_refused_and_named(text: str, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ConfigError, match=words) as caught:
        read(path)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read(written(tmp_path, b"\xff\xfe"))


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pi-host.toml").mkdir()

    with pytest.raises(ConfigError, match="can't be read"):
        read(tmp_path / "pi-host.toml")


def test_each_plugin_has_its_own_deadline_or_the_general_one() -> None:
    config = Config(deadline=5, plugins={"quick": {"deadline": 1}, "other": {"x": 1}})

    assert [config.deadline_of(name) for name in ("quick", "other", "unknown")] == [1, 5, 5]


def test_plugins_run_in_the_order_asked_for_and_then_by_name() -> None:
    config = Config(order=["z", "m"])

    assert sorted(["b", "m", "a", "z"], key=config.rank) == ["z", "m", "a", "b"]


@pytest.mark.parametrize(
    ("user", "project", "merged"),
    [
        ({}, {}, {}),
        ({"order": ["a", "b"]}, {"order": ["c", "b"]}, {"order": ["a", "b", "c"]}),
        ({"disabled": ["a"]}, {"disabled": ["b"]}, {"disabled": ["a", "b"]}),
        ({"deadline": 5}, {}, {"deadline": 5}),
        ({"deadline": 5}, {"deadline": 9}, {"deadline": 9}),
        ({}, {"deadline": 9}, {"deadline": 9}),
        ({"deadline": 5}, {"deadline": 30}, {"deadline": 30}),
        (
            {"plugins": {"a": {"x": 1, "y": 1}, "b": {}}},
            {"plugins": {"a": {"y": 2}, "c": {"z": 3}}},
            {"plugins": {"a": {"x": 1, "y": 2}, "b": {}, "c": {"z": 3}}},
        ),
    ],
)
def test_the_project_comes_on_top_of_the_user(
    user: dict[str, Any], project: dict[str, Any], merged: dict[str, Any]
) -> None:
    assert merge(FileConfig(**user), FileConfig(**project)) == Config(**merged)


def test_a_project_cannot_enable_what_the_user_disabled() -> None:
    assert "a" in merge(FileConfig(disabled=["a"]), FileConfig(disabled=[])).disabled


def test_the_default_deadline_is_half_a_minute() -> None:
    assert Config().deadline == DEFAULT_SECONDS == 30


def test_dates_and_times_among_the_options_are_iso_text(tmp_path: Path) -> None:
    text = "[plugins.a]\nday = 2026-01-02\nhours = [03:04:05]\nat = { time = 2026-01-02T03:04:05Z }"

    assert read(written(tmp_path, text)).plugins == {
        "a": {"day": "2026-01-02", "hours": ["03:04:05"], "at": {"time": "2026-01-02T03:04:05Z"}}
    }
