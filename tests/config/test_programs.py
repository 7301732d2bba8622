"""A program that is missing skips a test with a reason; where it must be there, the test fails (tests/programs.py)."""

from pathlib import Path

import pytest

from tests.programs import needed

CI = (Path(__file__).parents[2] / ".ci" / "run").read_text()


@pytest.mark.parametrize("kind", ["browser", "java", "nginx"])
def test_what_is_missing_is_said_and_never_in_silence(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"REQUIRE_{kind.upper()}", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"no {kind} on this machine"):
        needed(kind, None, package="iets")
    monkeypatch.setenv(f"REQUIRE_{kind.upper()}", "1")
    with pytest.raises(pytest.fail.Exception, match="iets"):
        needed(kind, None, package="iets")
    assert needed(kind, "/usr/bin/iets", package="iets") == "/usr/bin/iets"


def test_ci_installs_and_requires_all_three() -> None:
    for package, kind in {"chromium": "BROWSER", "default-jre-headless": "JAVA", "nginx-light": "NGINX"}.items():
        assert f"packages+=({package})" in CI
        assert f"REQUIRE_{kind}=1" in CI
