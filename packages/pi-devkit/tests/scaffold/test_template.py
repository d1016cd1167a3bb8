from __future__ import annotations

from template_support import TEMPLATE, files

from pi_devkit.scaffold._template import template


def test_what_is_installed_has_every_file_of_the_template() -> None:
    there = {name: (template() / name).read_bytes() for name in files(template())}
    assert there == {name: (TEMPLATE / name).read_bytes() for name in files(TEMPLATE)}
    assert {"template/.gitignore", "template/.github/dependabot.yml"} <= there.keys()
    assert "template/{{_copier_conf.answers_file}}.jinja" in there
