from __future__ import annotations

import hashlib
import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pi_devkit.checks import CHECKS, Asked, Bench, prove
from pi_devkit.components import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit_support import Repository

    from pi_devkit.checks import Outcome, Report

pytestmark = pytest.mark.timeout(240)


def _outcome(report: Report, check: str) -> Outcome:
    return next(record.outcome for record in report.records if record.id == check)


def test_a_second_release_is_held_against_the_first(repository: Repository) -> None:
    repository.git("tag", "pi-sample-base-v0.1.0")
    repository.git("tag", "pi-sample-v0.1.0")
    repository.bump("pi-sample-base", "0.2.0")
    repository.append(
        "packages/pi-sample-base/src/pi_sample_base/__init__.py", '\n\ndef more() -> None:\n    """Do more."""\n'
    )
    repository.commit()
    report = repository.prove("pi-sample-base", only=("R04", "R21", "R23", "R26"))
    assert report.code == 0
    assert _outcome(report, "R04").lines == ("after pi-sample-base-v0.1.0",)
    assert _outcome(report, "R21").lines == ("installed over pi-sample-base-v0.1.0",)
    assert _outcome(report, "R26").lines == ("pi-sample-v0.1.0 works with it",)


def test_a_release_whose_smoke_function_broke_left_no_state_and_that_is_told(repository: Repository) -> None:
    repository.edit("packages/pi-sample-base/tests/smoke.py", 'greet("x")', 'greet("x", 1)')
    repository.commit()
    repository.git("tag", "pi-sample-base-v0.1.0")
    repository.bump("pi-sample-base", "0.2.0")
    repository.edit("packages/pi-sample-base/tests/smoke.py", 'greet("x", 1)', 'greet("x")')
    repository.commit()
    report = repository.prove("pi-sample-base", only=("R21",))
    assert report.code == 0
    assert "its own smoke function does not work any more" in _outcome(report, "R21").lines[1]


def test_what_broke_since_the_last_release_is_named_and_a_larger_step_allows_it(plain: Repository) -> None:
    plain.git("tag", "pi-sample-base-v0.1.0")
    plain.edit("packages/pi-sample-base/src/pi_sample_base/__init__.py", "def greet(", "def welcome(")
    plain.bump("pi-sample-base", "0.1.1")
    plain.commit()
    (line,) = _outcome(plain.prove("pi-sample-base", only=("R23",)), "R23").lines
    assert line == "pi_sample_base.greet: Public object was removed; raise the minor version, or keep it"
    plain.bump("pi-sample-base", "0.2.0", before="0.1.1")
    plain.commit()
    report = plain.prove("pi-sample-base", only=("R23",))
    assert (report.code, _outcome(report, "R23").lines) == (
        0,
        ("what broke since pi-sample-base-v0.1.0, and the version allows: 1",),
    )


def test_a_package_of_another_name_is_a_breaking_change(plain: Repository) -> None:
    plain.git("mv", "packages/pi-sample-base/src/pi_sample_base", "packages/pi-sample-base/src/pi_sample_old")
    plain.git("commit", "-q", "-m", "as it was called")
    plain.git("tag", "pi-sample-base-v0.1.0")
    plain.git("mv", "packages/pi-sample-base/src/pi_sample_old", "packages/pi-sample-base/src/pi_sample_base")
    plain.bump("pi-sample-base", "0.1.1")
    plain.commit()
    (line,) = _outcome(plain.prove("pi-sample-base", only=("R23",)), "R23").lines
    assert line.startswith("pi_sample_base: there was a package of another name; raise the minor version")


def test_a_first_release_says_that_it_is_one(repository: Repository) -> None:
    report = repository.prove("pi-sample-base", only=("R04", "R21", "R23", "R26"))
    assert report.ids("passed") == [record.id for record in report.records]
    assert all("first release" in _outcome(report, check).lines[0] for check in ("R04", "R21", "R23", "R26"))


def test_what_builds_on_a_failure_is_blocked(plain: Repository) -> None:
    plain.edit("packages/pi-sample/pyproject.toml", "[build-system]", "[build-system]\nbackend-path = ['nowhere']")
    plain.commit()
    report = plain.prove(only=("R02", "R16"))
    assert report.failed == ["R06"]
    assert report.ids("blocked") == ["R13", "R15", "R16"]
    assert _outcome(report, "R13").lines == ("needs R06, which did not pass",)


def test_offline_says_that_nobody_was_asked(plain: Repository) -> None:
    report = plain.prove(only=("R04",), offline=True)
    assert (report.code, _outcome(report, "R04").lines) == (0, ("--offline: the index was not asked",))


def test_offline_without_what_it_takes_is_no_verdict(
    plain: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    report = plain.prove(only=("R13",), offline=True)
    assert (report.code, report.ids("missing"), report.ids("blocked")) == (2, ["R06"], ["R13"])
    first, second = _outcome(report, "R06").lines
    assert first == "uv's cache lacks what this needs; run it once without --offline"
    assert "hatchling was not found in the cache" in second


def test_where_the_vulnerability_service_is_not_to_be_asked_that_is_told(plain: Repository) -> None:
    report = plain.prove("pi-sample-base", only=("R27",), audit=False)
    assert (report.code, _outcome(report, "R27").lines) == (
        0,
        ("--no-audit: the vulnerability service was not asked",),
    )


def test_an_index_that_cannot_be_asked_is_no_verdict(plain: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    report = plain.prove(only=("R04",))
    assert (report.code, report.ids("missing")) == (2, ["R04"])


def test_a_name_that_somebody_else_has_is_told(
    plain: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Bench(plain.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component("pi-sample-base")), tmp_path / "index")
    (wheel,) = (tmp_path / "index").glob("*.whl")
    monkeypatch.setenv("UV_FIND_LINKS", str(wheel.parent))
    plain.bump("pi-sample-base", "0.2.0")
    plain.commit()
    (line,) = _outcome(plain.prove("pi-sample-base", only=("R04",)), "R04").lines
    assert line.startswith("the index has pi-sample-base, and git no tag of a release: `git fetch --tags`, or choose")


def test_the_files_that_were_proved_are_handed_over_with_their_hashes(plain: Repository, tmp_path: Path) -> None:
    with Bench(plain.workspace()) as bench:
        artifacts = bench.artifacts(bench.workspace.component("pi-sample-base"))
        bench.hand_over(artifacts, tmp_path / "dist")
        hashes = artifacts.hashes()
    listed = (tmp_path / "dist" / "SHA256SUMS").read_text()
    assert listed == "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == sorted([*hashes, "SHA256SUMS"])


class _Index(BaseHTTPRequestHandler):
    """Half of a release: its wheel, and not its sdist."""

    wheel: Path

    def do_GET(self) -> None:
        data = self.wheel.read_bytes()
        page = f'<a href="/{self.wheel.name}#sha256={hashlib.sha256(data).hexdigest()}">{self.wheel.name}</a>'
        found = {"/simple/pi-sample-base/": page.encode(), f"/{self.wheel.name}": data}.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def half_released(plain: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that were proved, and an index that has one of them."""
    with Bench(plain.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component("pi-sample-base")), tmp_path / "dist")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    (tmp_path / "index").mkdir()
    _Index.wheel = Path(shutil.copy(wheel, tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), _Index) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("UV_INDEX", f"http://127.0.0.1:{server.server_port}/simple/")
        yield tmp_path / "dist"
        server.shutdown()
        thread.join()


def test_a_release_that_broke_off_goes_on_with_the_same_files(plain: Repository, half_released: Path) -> None:
    released: dict[str, Any] = {"only": ("R04",), "tag": "pi-sample-base-v0.1.0", "dist": half_released}
    taken_up = _outcome(plain.prove("pi-sample-base", **released), "R04")
    assert (taken_up.status, taken_up.lines) == (
        "passed",
        ("taken up again: the index has 1 of the files that are given",),
    )
    # Somebody changed what was released, and built it under the same version.
    plain.append("packages/pi-sample-base/src/pi_sample_base/__init__.py", "\n# more\n")
    plain.commit()
    with Bench(plain.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component("pi-sample-base")), half_released)
    (line,) = _outcome(plain.prove("pi-sample-base", **released), "R04").lines
    assert line.startswith("the index has 1 other files of pi-sample-base==0.1.0 than those given")


def test_a_part_of_the_history_without_its_tags_is_no_verdict(plain: Repository, tmp_path: Path) -> None:
    plain.git("tag", "pi-sample-base-v0.0.9")
    plain.git("commit", "-q", "--allow-empty", "-m", "more")
    plain.git("clone", "-q", "--depth", "1", plain.root.as_uri(), str(tmp_path / "part"))
    with Bench(Workspace.find(tmp_path / "part")) as bench:
        report = prove(bench, bench.workspace.component("pi-sample-base"), Asked(only=("R23",)))
    assert (report.code, report.ids("missing")) == (2, ["R23"])
    assert "without its tags: `git fetch --unshallow --tags`" in _outcome(report, "R23").lines[0]


def test_a_check_that_breaks_leaves_the_others_and_the_report(
    plain: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_context: object) -> Outcome:
        raise KeyError("nobody thought of this")

    checks = [replace(check, run=broken) if check.id == "R05" else check for check in CHECKS]
    monkeypatch.setattr("pi_devkit.checks._prove.CHECKS", checks)
    report = plain.prove("pi-sample-base", only=("R02", "R05"))
    assert (report.failed, report.ids("passed")) == (["R05"], ["R02"])
    assert _outcome(report, "R05").lines[0].startswith("KeyError: 'nobody thought of this'; this is a mistake of")


def test_a_waiver_that_excuses_nothing_fails(plain: Repository) -> None:
    waiver = '\n[[components.pi-sample.waivers]]\ncheck = "R02"\nreason = "once"\nuntil = 2999-01-01\n'
    plain.append("components.toml", waiver)
    plain.commit()
    report = plain.prove(only=("R02",))
    assert report.failed == ["R02"]
    assert _outcome(report, "R02").lines == ("passes, though it is waived until 2999-01-01; take the waiver out",)


def test_tests_that_are_all_skipped_prove_nothing(repository: Repository) -> None:
    test = "import pytest\n\npytestmark = pytest.mark.skip\n\n\ndef test_it_fails() -> None:\n    assert False\n"
    repository.write("packages/pi-sample-base/tests/test_base.py", test)
    repository.commit()
    report = repository.prove("pi-sample-base", only=("R22",), pythons=("3.11",))
    assert report.failed == ["R22"]
    assert "no test was passed: 1 skipped" in _outcome(report, "R22").lines[0]


def test_a_tag_of_another_version_fails_r03(plain: Repository) -> None:
    report = plain.prove("pi-sample-base", only=("R03",), tag="pi-sample-base-v0.9.0")
    assert report.failed == ["R03"]
    assert "'pi-sample-base-v0.9.0' says 0.9.0, pyproject.toml says 0.1.0" in _outcome(report, "R03").lines[0]


def test_what_is_edited_meanwhile_gets_into_no_build(plain: Repository) -> None:
    with Bench(plain.workspace()) as bench:
        component = bench.workspace.component("pi-sample")
        before = (bench.snapshot(component) / "README.md").read_text()
        plain.append("packages/pi-sample/README.md", "more\n")
        assert (bench.again(component) / "README.md").read_text() == before


def test_tests_of_the_repository_are_left_out_and_named(repository: Repository) -> None:
    test = 'import os\n\n\ndef test_it_is_as_in_ci():\n    assert os.environ["CI"]\n'
    repository.write("packages/pi-sample-base/tests/test_base.py", test)
    repository.write("packages/pi-sample-base/tests/docs/test_pages.py", "def test_it_fails(): assert False\n")
    declared = 'import = "pi_sample_base"\nrepository-tests = ["tests/docs"]'
    repository.edit("components.toml", 'import = "pi_sample_base"', declared)
    repository.commit()
    outcome = _outcome(repository.prove("pi-sample-base", only=("R22",)), "R22")
    assert outcome.status == "passed"
    assert outcome.lines[-1] == "about the repository, and not run: tests/docs"
    assert outcome.lines[0].startswith("Python 3.11, oldest requirements: 1 passed")


def test_a_link_to_a_folder_elsewhere_is_followed(plain: Repository) -> None:
    plain.write("shared/data.txt", "x")
    (plain.sample / "src" / "pi_sample" / "shared").symlink_to("../../../../shared")
    with Bench(plain.workspace()) as bench:
        snapshot = bench.snapshot(bench.workspace.component("pi-sample"))
        assert (snapshot / "src" / "pi_sample" / "shared" / "data.txt").read_text() == "x"
