from pathlib import Path

import pytest
from pi_codegen.fetch import Lock, Package, cache_dir, lay_out

from pi_testkit.pis import IntegrityError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(tmp_path))


def test_tarball_that_is_not_as_pinned_is_refused_and_nothing_is_unpacked() -> None:
    package = Package(name="left", version="1.0.0", integrity="sha512-no", pi="1.5.2")
    tarball = cache_dir() / "tarballs" / "left-1.0.0.tgz"
    tarball.parent.mkdir(parents=True)
    tarball.write_bytes(b"something else")

    with pytest.raises(IntegrityError, match=r"left-1\.0\.0\.tgz' is not what the lock file pins"):
        lay_out(Lock(package=(package,)), "1.5.2")

    assert not list(cache_dir().glob("pi-1.5.2-*/node_modules/left"))
