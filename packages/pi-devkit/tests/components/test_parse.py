from __future__ import annotations

import pytest
from devkit_support import COMPONENTS

from pi_devkit._errors import DevkitError
from pi_devkit.components import parse


def _refusal(text: str) -> str:
    with pytest.raises(DevkitError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_a_component_does_not_say_has_a_default() -> None:
    found = parse(COMPONENTS).components["pi-sample-base"]
    assert (found.name, found.state, found.pi, found.promised("plugins")) == ("pi-sample-base", "ready", None, [])


def test_a_key_that_is_not_known_is_refused_with_its_component() -> None:
    text = COMPONENTS.replace('kind = "library"', 'kind = "library"\nonwers = ["@a"]')
    assert "'pi-sample-base': Object contains unknown field `onwers`" in _refusal(text)


def test_a_kind_that_is_not_known_is_refused() -> None:
    assert "component 'pi-sample-base': Invalid enum value 'plugin'" in _refusal(
        COMPONENTS.replace('kind = "library"', 'kind = "plugin"')
    )


def test_what_is_no_toml_is_refused_with_its_place() -> None:
    assert "line 2" in _refusal("schema = 1\nx =\n")


def test_a_schema_of_the_future_is_refused() -> None:
    assert "schema 2" in _refusal(COMPONENTS.replace("schema = 1", "schema = 2"))


@pytest.mark.parametrize("name", ["Pi-Base", "pi_sample_base", "pi--base", "-pi", "1pi", "pi.base"])
def test_a_name_that_no_index_would_keep_is_refused(name: str) -> None:
    assert repr(name) in _refusal(COMPONENTS.replace("components.pi-sample-base]", f'components."{name}"]'))


def test_a_name_that_reads_like_a_tag_is_refused() -> None:
    assert "'pi-sample-base-v2'" in _refusal(
        COMPONENTS.replace("components.pi-sample-base]", "components.pi-sample-base-v2]")
    )
