"""Every check bites: a component with one defect fails with the id of that defect and with no other."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from devkit_support import QUICK

from pi_devkit.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from devkit_support import Repository

# Builds and environments are made for each of them.
pytestmark = pytest.mark.timeout(240)

PYPROJECT = "packages/pi-sample/pyproject.toml"
PLUGIN = "packages/pi-sample/src/pi_sample/plugin.py"
INIT = "packages/pi-sample/src/pi_sample/__init__.py"


def uncommitted(repository: Repository) -> None:
    repository.write("packages/pi-sample/scratch.txt", "x")


def no_keywords(repository: Repository) -> None:
    repository.edit(PYPROJECT, 'keywords = ["pi"]\n', "")


def another_version_in_the_lock(repository: Repository) -> None:
    repository.edit("uv.lock", 'name = "pi-sample"\nversion = "0.1.0"', 'name = "pi-sample"\nversion = "0.0.9"')


def released_already(repository: Repository) -> None:
    repository.git("tag", "pi-sample-v0.1.0")


def empty_section(repository: Repository) -> None:
    repository.edit("packages/pi-sample/CHANGELOG.md", "- It begins.\n", "")


def not_in_the_sdist(repository: Repository) -> None:
    repository.write("packages/pi-sample/src/pi_sample/data.json", "{}")
    repository.append(PYPROJECT, 'exclude = ["src/pi_sample/data.json"]\n')


def undeclared_file(repository: Repository) -> None:
    repository.write("packages/pi-sample/src/pi_sample/notes.txt", "to do\n")


def old_licence_classifier(repository: Repository) -> None:
    repository.edit(PYPROJECT, '"Typing :: Typed"', '"Typing :: Typed", "License :: OSI Approved :: MIT License"')


def relative_link(repository: Repository) -> None:
    repository.append("packages/pi-sample/README.md", "\nSee [more](docs/more.md).\n")


def no_bound(repository: Repository) -> None:
    repository.edit(PYPROJECT, "pi-sample-base>=0.1.0,<1", "pi-sample-base")


def undeclared_import(repository: Repository) -> None:
    repository.append(PLUGIN, '\n\ndef later():\n    """Read."""\n    import yaml\n\n    return yaml\n')


def cannot_be_installed(repository: Repository) -> None:
    repository.edit(PYPROJECT, '"pi-host>=0.1.0,<1"', '"pi-host>=0.1.0,<1", "msgspec<0.1"')


def checkout_on_the_path(repository: Repository) -> None:
    # In pieces, as R08 would find the whole.
    parts = (repository.sample / "src").parts
    repository.append(INIT, f"\nimport os\nimport sys\n\nsys.path.append(os.path.join{parts!r})\n")


def entry_point_to_nothing(repository: Repository) -> None:
    repository.edit(PYPROJECT, '"pi_sample.plugin"', '"pi_sample.plugin:missing"')


def misspelt_hook(repository: Repository) -> None:
    repository.edit(PLUGIN, "def session_start()", "def session_strat()")


def private_import(repository: Repository) -> None:
    line = "from pi_sample_base._inner import SECRET"
    repository.append(PLUGIN, f'\n\ndef later():\n    """Read."""\n    {line}\n\n    return SECRET\n')


def private_import_by_name(repository: Repository) -> None:
    line = 'return importlib.import_module("pi_sample_base._inner")'
    repository.append(PLUGIN, f'\n\ndef later():\n    """Read."""\n    import importlib\n\n    {line}\n')


def private_import_while_it_works(repository: Repository) -> None:
    # In pieces, so that only who watches it work sees it.
    line = 'importlib.import_module(".".join(("pi_sample_base", "_inner")))'
    repository.edit(PLUGIN, "    return greet(args)", f"    import importlib\n\n    {line}\n    return greet(args)")


def variable_at_import(repository: Repository) -> None:
    repository.append(INIT, '\nimport os\n\nos.environ["SAMPLE"] = "1"\n')


def smoke_fails(repository: Repository) -> None:
    repository.edit("packages/pi-sample/tests/smoke.py", "hello you", "hello me")


def writes_beside_itself(repository: Repository) -> None:
    line = 'Path(__file__).with_name("state.json").write_text("{}")'
    repository.edit(
        PLUGIN, "    return greet(args)", f"    from pathlib import Path\n\n    {line}\n    return greet(args)"
    )


STATE = """
    from pathlib import Path

    file = Path.home() / "sample.json"
    state = json.loads(file.read_text()) if file.exists() else {new}
    file.write_text(json.dumps({known}))
"""


def cannot_read_the_state_of_the_release_before(repository: Repository) -> None:
    body = '    """Greet."""\n'
    first = STATE.format(new="[]", known="[*state, args]")
    repository.edit(PLUGIN, "from pi_sample_base", "import json\n\nfrom pi_sample_base")
    repository.edit(PLUGIN, f"{body}    return", f"{body}{first}    return")
    repository.commit()
    repository.git("tag", "pi-sample-v0.1.0")
    repository.bump("pi-sample", "0.2.0")
    repository.edit(PLUGIN, first, STATE.format(new="{}", known="{**state, args: 1}"))


def failing_test(repository: Repository) -> None:
    repository.edit("packages/pi-sample/tests/test_sample.py", '"bye you"', '"bye me"')


def breaks_in_a_patch(repository: Repository) -> None:
    repository.git("tag", "pi-sample-v0.1.0")
    repository.bump("pi-sample", "0.1.1")
    repository.edit(PLUGIN, "def sample(args: str)", "def sample()")
    repository.edit(PLUGIN, "greet(args)", 'greet("you")')
    repository.edit("packages/pi-sample/tests/smoke.py", '"sample", "you"', '"sample"')


def works_though_expected_to_fail(repository: Repository) -> None:
    row = '[[components.pi-sample.expected-failures]]\npi = "1.5.2"\nreason = "so they say"\nuntil = 2099-01-01\n'
    repository.append("components.toml", f"\n{row}")


HATCH_BUILD = '''"""Puts the time into everything."""

import tempfile
import time
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Stamp(BuildHookInterface):
    def initialize(self, version, build_data):
        if (Path(self.root) / "src/pi_sample/stamp.txt").exists():
            return
        stamp = Path(tempfile.mkdtemp()) / "stamp.txt"
        stamp.write_text(str(time.time_ns()))
        prefix = "src/" if self.target_name == "sdist" else ""
        build_data["force_include"][str(stamp)] = f"{prefix}pi_sample/stamp.txt"
'''


def time_in_the_wheel(repository: Repository) -> None:
    repository.write("packages/pi-sample/hatch_build.py", HATCH_BUILD)
    repository.edit(PYPROJECT, '"CHANGELOG.md"]', '"CHANGELOG.md", "hatch_build.py"]')
    repository.append(PYPROJECT, "\n[tool.hatch.build.hooks.custom]\n")
    declared = 'wheel = ["pi_sample/stamp.txt"]\nsdist = ["hatch_build.py"]\n'
    repository.edit("components.toml", 'import = "pi_sample"\n', f'import = "pi_sample"\n{declared}')


def takes_away_what_a_release_uses(repository: Repository) -> None:
    repository.git("tag", "pi-sample-v0.1.0")
    repository.git("tag", "pi-sample-base-v0.1.0")
    repository.bump("pi-sample-base", "0.2.0")
    repository.edit("packages/pi-sample-base/src/pi_sample_base/__init__.py", "def part(", "def leave(")
    repository.edit("packages/pi-sample-base/src/pi_sample_base/__init__.py", '"part"', '"leave"')


DEFECTS: dict[str, Callable[[Repository], None]] = {
    "R01": uncommitted,
    "R02": no_keywords,
    "R03": another_version_in_the_lock,
    "R04": released_already,
    "R05": empty_section,
    "R06": not_in_the_sdist,
    "R08": undeclared_file,
    "R09": old_licence_classifier,
    "R10": relative_link,
    "R11": no_bound,
    "R12": undeclared_import,
    "R13": cannot_be_installed,
    "R14": checkout_on_the_path,
    "R15": entry_point_to_nothing,
    "R16": misspelt_hook,
    "R17": private_import,
    "R18": private_import_by_name,
    "R19": variable_at_import,
    "R20": smoke_fails,
    "R21": writes_beside_itself,
    "R22": failing_test,
    "R23": breaks_in_a_patch,
    "R24": works_though_expected_to_fail,
    "R25": time_in_the_wheel,
    "R26": takes_away_what_a_release_uses,
}


#: More than one way to fail the same check.
WAYS = [*DEFECTS.items(), ("R18", private_import_while_it_works), ("R21", cannot_read_the_state_of_the_release_before)]


class Vulnerabilities(BaseHTTPRequestHandler):
    """A service that knows one vulnerability, of msgspec."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        name = asked["package"]["name"]
        affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [], "versions": [asked["version"]]}
        known = {"id": "PYSEC-2099-1", "modified": "2099-01-01T00:00:00Z", "summary": "bad", "affected": [affected]}
        body = json.dumps({"vulns": [known]} if name == "msgspec" else {}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def vulnerability_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vulnerability service on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vulnerabilities)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_good_component_passes_everything_quick(repository: Repository) -> None:
    report = repository.prove(quick=True)
    assert {record.id: record.outcome for record in report.records if record.outcome.status != "passed"} == {}


def test_there_is_a_defect_for_every_check() -> None:
    assert {*DEFECTS, "R07", "R27"} == {check.id for check in CHECKS}


@pytest.mark.parametrize(("defect", "spoil"), WAYS)
def test_a_defect_fails_with_exactly_its_id(
    repository: Repository, defect: str, spoil: Callable[[Repository], None]
) -> None:
    spoil(repository)
    if defect != "R01":
        repository.commit()
    proved = "pi-sample-base" if defect == "R26" else "pi-sample"
    report = repository.prove(proved, only=(*QUICK, defect))
    failed = {record.id: record.outcome.lines for record in report.records if record.id in report.failed}
    assert list(failed) == [defect], failed
    assert report.code == 1


def test_a_tampered_wheel_fails_with_r07_alone(repository: Repository, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    _hand_over(repository, dist)
    (dist / "SHA256SUMS").unlink()
    (wheel,) = dist.glob("*.whl")
    bad = tmp_path / "bad.whl"
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(bad, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, data + b"\n# one line more\n" if item.filename.endswith("plugin.py") else data)
    shutil.move(bad, wheel)
    report = repository.prove(quick=True, dist=dist)
    assert report.failed == ["R07"]


def test_a_vulnerable_requirement_fails_with_r27_alone(repository: Repository, vulnerability_service: None) -> None:
    assert vulnerability_service is None
    report = repository.prove(only=("R27",))
    assert report.failed == ["R27"]
    (line,) = next(record.outcome.lines for record in report.records if record.id == "R27")
    assert "PYSEC-2099-1" in line


def _hand_over(repository: Repository, dist: Path) -> None:
    from pi_devkit.checks import Bench  # noqa: PLC0415  # only this test hands files over

    with Bench(repository.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component("pi-sample")), dist)
