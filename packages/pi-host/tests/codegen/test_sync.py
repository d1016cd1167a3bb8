import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
SCRIPT = Path("packages/pi-host/codegen/sync.py")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / SCRIPT), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


@pytest.mark.timeout(300)
def test_checked_in_files_are_as_generated() -> None:
    done = check(ROOT)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of everything the generator reads and writes."""
    for part in ("packages/pi-host/codegen", "packages/pi-host/src", "docs/reference"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.timeout(300)
def test_check_reports_what_differs_and_what_is_not_generated_any_more(copy: Path) -> None:
    page = copy / "docs/reference/events.md"
    page.write_text(page.read_text().replace("# Events", "# Happenings", 1))
    (copy / "packages/pi-host/src/pi_host/schemas/gone.json").write_text("{}")

    done = check(copy)

    assert done.returncode == 1
    assert "-# Happenings\n+# Events" in done.stdout
    assert "gone.json: is not generated any more" in done.stdout


@pytest.mark.timeout(300)
def test_an_event_without_a_note_is_refused(copy: Path) -> None:
    notes = copy / "packages/pi-host/codegen/notes.toml"
    notes.write_text(notes.read_text().replace("[events.turn_start]", "[events.turn_starts]"))
    notes.write_text(notes.read_text().replace("[events.turn_start.", "[events.turn_starts."))

    done = check(copy)

    assert done.returncode == 1
    assert "pi declares ['turn_start'] without a note" in done.stderr
