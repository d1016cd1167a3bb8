"""What the checks on files refuse: each test spoils one thing that a check once let pass, or broke off at."""

from __future__ import annotations

import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from pi_devkit.checks import Bench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devkit_support import Repository

# Most of them build something.
pytestmark = pytest.mark.timeout(240)

BASE = "packages/pi-sample-base"
SAMPLE = "packages/pi-sample"
INIT = f"{BASE}/src/pi_sample_base/__init__.py"


def _said(repository: Repository, check: str, name: str = "pi-sample-base", dist: Path | None = None) -> str:
    """What a check says; empty if it passes."""
    report = repository.prove(name, only=(check,), dist=dist)
    outcome = next(record.outcome for record in report.records if record.id == check)
    assert outcome.status in {"passed", "failed"}, report.records
    return "\n".join(outcome.lines) if outcome.status == "failed" else ""


def _hand_over(repository: Repository, dist: Path, name: str = "pi-sample-base") -> Path:
    """Files to prove, and the wheel among them."""
    with Bench(repository.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component(name)), dist)
    (dist / "SHA256SUMS").unlink()
    (wheel,) = dist.glob("*.whl")
    return wheel


def _change(wheel: Path, end: str, change: Callable[[bytes], bytes]) -> None:
    """Change one file of a wheel."""
    new = wheel.with_suffix(".new")
    with zipfile.ZipFile(wheel) as before, zipfile.ZipFile(new, "w") as after:
        for item in before.infolist():
            data = before.read(item)
            after.writestr(item, change(data) if item.filename.endswith(end) else data)
    shutil.move(new, wheel)


# R05


@pytest.mark.parametrize("text", ["### Features\n", "### Features\n\n-\n", "<!-- what is new -->\n"])
def test_a_section_that_says_nothing_is_empty(plain: Repository, text: str) -> None:
    plain.edit(f"{BASE}/CHANGELOG.md", "- It begins.\n", text)
    assert "CHANGELOG.md is empty; say what users get" in _said(plain, "R05")


def test_a_section_with_its_kinds_of_changes_is_finished(plain: Repository) -> None:
    plain.edit(f"{BASE}/CHANGELOG.md", "- It begins.\n", "### Features\n\n- It begins.\n")
    assert _said(plain, "R05") == ""


def test_a_day_that_no_calendar_has_is_no_date(plain: Repository) -> None:
    plain.edit(f"{BASE}/CHANGELOG.md", "2026-01-01", "2026-99-99")
    assert "has no date" in _said(plain, "R05")


# R06

TELLS = '''"""Writes where it is built."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Tell(BuildHookInterface):
    def initialize(self, version, build_data):
        from_sdist = (Path(self.root) / "PKG-INFO").exists()
        place = Path(self.root) / "place.txt"
        place.write_text(str(from_sdist))
        build_data["force_include"][str(place)] = "pi_sample_base/place.txt"
'''


def test_a_file_with_another_content_in_the_wheel_from_the_tree_is_told(plain: Repository) -> None:
    plain.write(f"{BASE}/hatch_build.py", TELLS)
    plain.edit(f"{BASE}/pyproject.toml", '"CHANGELOG.md"]', '"CHANGELOG.md", "hatch_build.py"]')
    plain.append(f"{BASE}/pyproject.toml", "\n[tool.hatch.build.targets.wheel.hooks.custom]\n")
    said = _said(plain, "R06")
    assert said.startswith(
        "pi_sample_base/place.txt differs between the wheel from the sdist and the one from the tree"
    )


# Files that are given


@pytest.mark.parametrize(
    ("glob", "name", "said"),
    [
        ("*.whl", "sample.whl", "the file name 'sample.whl' says nothing, pyproject.toml says 0.1.0"),
        ("*.tar.gz", "sample.tar.gz", "the file name 'sample.tar.gz' says nothing, pyproject.toml says 0.1.0"),
    ],
)
def test_a_file_name_without_a_version_fails_r03(
    plain: Repository, tmp_path: Path, glob: str, name: str, said: str
) -> None:
    wheel = _hand_over(plain, tmp_path / "dist")
    (path,) = wheel.parent.glob(glob)
    path.rename(path.with_name(name))
    assert said in _said(plain, "R03", dist=wheel.parent)


def test_an_sdist_of_another_name_fails_r07(plain: Repository, tmp_path: Path) -> None:
    wheel = _hand_over(plain, tmp_path / "dist")
    (path,) = wheel.parent.glob("*.tar.gz")
    path.rename(path.with_name("other-0.1.0.tar.gz"))
    assert _said(plain, "R07", dist=wheel.parent) == ("other-0.1.0.tar.gz should be called pi_sample_base-0.1.0.tar.gz")


def test_a_row_of_a_record_without_a_hash_is_told(plain: Repository, tmp_path: Path) -> None:
    wheel = _hand_over(plain, tmp_path / "dist")
    _change(wheel, "/RECORD", lambda data: re.sub(rb"(_inner\.py),.*", rb"\1", data))
    assert _said(plain, "R07", dist=wheel.parent).startswith("pi_sample_base/_inner.py is not what the wheel's RECORD")


@pytest.mark.parametrize(
    ("end", "check", "said"),
    [("/RECORD", "R06", "RECORD can't be read"), ("/METADATA", "R09", "METADATA is no text in UTF-8")],
)
def test_metadata_that_is_no_text_is_told(plain: Repository, tmp_path: Path, end: str, check: str, said: str) -> None:
    wheel = _hand_over(plain, tmp_path / "dist")
    _change(wheel, end, lambda data: b"\xff" + data)
    assert said in _said(plain, check, dist=wheel.parent)


# R03


def test_a_lock_in_conflict_is_told_with_what_to_do(plain: Repository) -> None:
    plain.edit("uv.lock", "version = 1\n", "<<<<<<< ours\nversion = 1\n=======\nversion = 2\n>>>>>>> theirs\n")
    assert "uv.lock is not TOML: " in _said(plain, "R03")


# R08

# In pieces, as whoever looks for keys in this repository would find the whole.
SECRETS = (
    "sk-ant-" + "api03-" + "a1B2_" * 6,
    "sk-proj-" + "a1B2-" * 6,
    "github_pat_" + "a1" * 11 + "_" + "b2" * 30,
    "gho_" + "a1" * 18,
    "-----BEGIN PRIVATE" + " KEY-----\r\nabc\r\n",
)


def test_a_key_in_a_file_is_found_in_wheel_and_sdist(plain: Repository) -> None:
    for number, secret in enumerate(SECRETS):
        path = plain.root / BASE / "src" / "pi_sample_base" / f"key{number}.py"
        path.write_bytes(f"# {secret}\n".encode())
    said = _said(plain, "R08").splitlines()
    names = [f"pi_sample_base/key{number}.py" for number in range(len(SECRETS))]
    wanted = {*(f"{name} of the wheel" for name in names), *(f"src/{name} of the sdist" for name in names)}
    assert {line.partition(" has something in it that looks like a key")[0] for line in said} == wanted


def test_a_key_that_is_in_the_sdist_only_is_found(plain: Repository) -> None:
    plain.append(f"{BASE}/CHANGELOG.md", f"\nTry {SECRETS[0]}.\n")
    assert _said(plain, "R08").startswith("CHANGELOG.md of the sdist has something in it that looks like a key")


# R09


def test_without_a_licence_r09_says_so(plain: Repository) -> None:
    (plain.root / BASE / "LICENSE").unlink()
    plain.edit(f"{BASE}/pyproject.toml", 'license-files = ["LICENSE"]\n', "")
    assert _said(plain, "R09").startswith("there is no LICENSE beside pyproject.toml; ")


# R10

TAG = "pi-sample-base-v0.1.0"
TREE = "https://example.org/team/extensions"
GITHUB = "https://github.com/team/extensions"
RAW = "https://raw.githubusercontent.com/team/extensions"


GOOD = (
    f"{TREE}/blob/{TAG}/packages/pi-sample/README.md?plain=1#here",
    f"{TREE}/raw/refs/tags/{TAG}/packages/pi%2Dsample/README.md",
    f"{TREE}/tree/{TAG}/packages/",
    f"{TREE}/tree/{TAG}",
    f"{TREE}/issues/main",
    "#works-well",
    "#",
)
GONE = (f"{TREE}/blob/{TAG}/no/such.md", f"{TREE}/tree/{TAG}/dist", f"{TREE}/blob/{TAG}/deleted.md")
MOVING = (f"{TREE}/blob/main/uv.lock", f"{TREE}/raw/refs/heads/main/uv.lock", f"{TREE.replace('s:', ':')}/blob/main/x")


def _links(repository: Repository, *links: str) -> list[str]:
    text = "".join(f"- [See]({link}).\n" for link in links)
    repository.append(f"{BASE}/README.md", f"\n## Works `well`\n\n{text}")
    return _said(repository, "R10").splitlines()


def test_links_that_hold_pass(plain: Repository) -> None:
    assert _links(plain, *GOOD) == []


def test_links_to_files_that_the_repository_has_not_are_told(plain: Repository) -> None:
    plain.write("dist/ignored.txt", "x")
    plain.write("deleted.md", "x")
    plain.commit()
    (plain.root / "deleted.md").unlink()
    assert _links(plain, *GONE) == [
        f"README.md points to {link!r}, and the repository has no such file; write one that there is" for link in GONE
    ]


def test_links_to_a_branch_are_told_in_every_form(plain: Repository) -> None:
    line = f"README.md points to 'main' of the repository, which will change; point to {TAG!r}"
    assert _links(plain, *MOVING) == [line] * len(MOVING)


def test_links_to_headings_that_the_page_has_not_are_told(plain: Repository) -> None:
    assert _links(plain, "#nowhere", "#Works-well") == [
        f"README.md points to {link!r}, and no heading in it has that name; write one that there is"
        for link in ("#nowhere", "#Works-well")
    ]


def test_pictures_from_github_name_the_tag_too(plain: Repository) -> None:
    plain.edit("components.toml", TREE, GITHUB)
    plain.write("docs/x.png", "x")
    bad = (
        f"{RAW}/main/docs/x.png",
        f"{RAW}/refs/heads/main/docs/x.png",
        f"{GITHUB.replace('team', 'Team')}/raw/main/x",
    )
    said = _links(plain, *bad, f"{RAW}/{TAG}/docs/y.png", f"{RAW}/{TAG}/docs/x.png", f"{GITHUB}/pulls")
    assert len(said) == len(bad) + 1
    assert all("points to 'main' of the repository" in line for line in said[: len(bad)])
    assert f"{RAW}/{TAG}/docs/y.png" in said[-1]


# R11


def test_a_bound_below_the_first_release_is_told(plain: Repository) -> None:
    plain.edit(f"{SAMPLE}/pyproject.toml", "pi-sample-base>=0.1.0,<1", "pi-sample-base>=0.0.1,<1")
    said = _said(plain, "R11", "pi-sample")
    assert said == "pi-sample-base may be as old as 0.0.1, which nobody proves it with; write `>=0.1.0`"


def test_a_bound_follows_what_was_released_before(plain: Repository) -> None:
    plain.git("tag", "pi-sample-base-v0.1.0")
    plain.bump("pi-sample-base", "0.2.0")
    plain.commit()
    # Both are released by this commit, and which tag comes first makes no difference.
    plain.git("tag", "pi-sample-base-v0.2.0")
    assert _said(plain, "R11", "pi-sample") == ""
    plain.commit()
    assert "write `>=0.2.0`" in _said(plain, "R11", "pi-sample")
    plain.edit(f"{SAMPLE}/pyproject.toml", "pi-sample-base>=0.1.0,<1", "pi-sample-base>=0.2.0,<1")
    assert _said(plain, "R11", "pi-sample") == ""


# R12


def test_an_import_that_a_dependency_group_brings_is_told(repository: Repository) -> None:
    excuse = '\n[tool.deptry]\nignore = ["DEP004"]\n'
    repository.append(f"{BASE}/pyproject.toml", '\n[dependency-groups]\ndev = ["msgspec"]\n' + excuse)
    repository.append(INIT, '\n\ndef later() -> None:\n    """Read."""\n    import msgspec\n')
    said = _said(repository, "R12")
    assert said == (
        "pi_sample_base/__init__.py:18 imports 'msgspec', which a dependency group brings, and no user gets those; "
        "add it to the requirements"
    )


# R13


def test_a_sibling_with_a_requirement_that_is_none_is_told(plain: Repository) -> None:
    plain.edit(f"{BASE}/pyproject.toml", "dependencies = []", 'dependencies = ["not a requirement!"]')
    assert "pi-sample-base: project.dependencies has one that can't be read" in _said(plain, "R13", "pi-sample")


# What is copied to be built


def test_a_link_to_where_it_is_is_refused(plain: Repository) -> None:
    (plain.root / BASE / "loop").symlink_to(".")
    assert _said(plain, "R06") == (
        f"{BASE}/loop is a link to a folder that it is in itself, so there is no end of it; take it out"
    )


@pytest.mark.parametrize("to", ["nothing.txt", "broken"])
def test_a_link_to_nothing_is_refused(plain: Repository, to: str) -> None:
    (plain.root / BASE / "broken").symlink_to(to)
    assert _said(plain, "R06") == f"{BASE}/broken is a link to {to!r}, which is nothing; take it out, or mend it"


def test_a_linked_folder_is_looked_into_as_well(plain: Repository) -> None:
    (plain.root / "more").mkdir()
    (plain.root / "more" / "broken").symlink_to("nothing.txt")
    (plain.root / BASE / "linked").symlink_to("../../more")
    assert _said(plain, "R06").startswith(f"{BASE}/linked/broken is a link to 'nothing.txt', which is nothing")


def test_links_that_lead_to_each_other_are_refused(plain: Repository) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (plain.root / one).mkdir()
        (plain.root / one / "on").symlink_to(f"../{other}")
    (plain.root / BASE / "linked").symlink_to("../../a")
    assert _said(plain, "R06") == f"{BASE}/linked can't be copied; if links in it lead to each other, take one out"
